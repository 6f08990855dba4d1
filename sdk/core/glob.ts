/** A compiled text in which `*` stands for any text. */
export interface Glob {
  readonly first: string;
  /** The parts between `*`, without empty ones. */
  readonly middle: readonly string[];
  /** What it ends with; undefined if there is no `*`. */
  readonly last: string | undefined;
  /** The minimum length of a matching text. */
  readonly least: number;
}

/** Whether a text is a glob rather than a name. */
export function isGlob(text: string): boolean {
  return text.includes("*");
}

/** Compiles a glob. */
export function globOf(text: string): Glob {
  const [first = "", ...others] = text.split("*");
  const last = others.pop();
  const middle = others.filter((part) => part !== "");
  return { first, middle, last, least: [first, ...middle, last ?? ""].join("").length };
}

/** Whether a text matches a glob, in time linear in the text's length. */
export function fitsGlob(text: string, { first, middle, last, least }: Glob): boolean {
  if (last === undefined) return text === first;
  if (text.length < least || !text.startsWith(first)) return false;
  let at = first.length;
  for (const part of middle) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
