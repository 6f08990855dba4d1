import { closest, distance } from "fastest-levenshtein";

/** The known name that was probably meant; undefined where none is near. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const found = closest(name, known);
  const edits = distance(name, found);
  // Of a very short name two edits leave nothing.
  return edits <= Math.max(2, name.length / 3) && edits < name.length ? found : undefined;
}
