/** A text in which `*` stands for any text, ready to be compared. */
export interface Glob {
  readonly first: string;
  /** What stands between two `*`, if anything does. */
  readonly middle: readonly string[];
  /** What it ends with; undefined if there is no `*`. */
  readonly last: string | undefined;
  /** How long a text has to be that has all of it. */
  readonly least: number;
}

/** Whether a text is a glob rather than a name. */
export function isGlob(text: string): boolean {
  return text.includes("*");
}

/** Reads a glob. */
export function globOf(text: string): Glob {
  const [first = "", ...others] = text.split("*");
  const last = others.pop();
  const middle = others.filter((part) => part !== "");
  return { first, middle, last, least: [first, ...middle, last ?? ""].join("").length };
}

/** Whether a text fits a glob. Linear in the text's length, whatever the glob. */
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
