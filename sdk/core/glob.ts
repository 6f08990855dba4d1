/** Whether a text is a glob rather than a name. */
export function isGlob(text: string): boolean {
  return text.includes("*");
}

/** Whether a name fits a glob, in which `*` stands for any text. Linear in the name's length, whatever the glob. */
export function fitsGlob(name: string, glob: string | readonly string[]): boolean {
  const [first = "", ...middle] = typeof glob === "string" ? glob.split("*") : glob;
  const last = middle.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const part of middle) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}
