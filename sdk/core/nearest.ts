import { closest, distance } from "fastest-levenshtein";

// Shorter beginnings fit by chance.
const shortestBeginning = 3;

/** The known name that was probably meant, also by its beginning; undefined if none is close. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const [begun, ...others] = name.length < shortestBeginning ? [] : known.filter((one) => one.startsWith(name));
  if (begun !== undefined && others.length === 0) return begun;
  return within(Math.max(2, name.length / 3), name, known);
}

/** The known name that this one surely is, but for a slip of up to two characters; undefined if there is none. */
export function misspelt(name: string, known: readonly string[]): string | undefined {
  return within(2, name, known);
}

/** The closest name, if few enough edits lie between them. */
function within(most: number, name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const found = closest(name, known);
  const edits = distance(name, found);
  // Two edits would change a very short name entirely.
  return edits <= most && edits < name.length ? found : undefined;
}

/**
 * `Did you mean NAME?`, with the known name that was probably meant; undefined if none is close.
 * @param shown how a name is shown. Default: as it is
 */
export function didYouMean(
  name: string,
  known: readonly string[],
  shown = (one: string): string => one,
): string | undefined {
  const meant = nearest(name, known);
  return meant === undefined ? undefined : `Did you mean ${shown(meant)}?`;
}
