/** `1 layer of a function`, `2 layers of functions`: a number with its noun. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** A number of layers of functions: a layer of two functions counts twice. */
export function countLayers(number: number): string {
  return count(number, "layer of a function", "layers of functions");
}

/** `a, b and 3 more`: the first names of many. */
export function listNames(names: readonly string[], most = 5): string {
  const more = names.length - most;
  return more > 0 ? `${names.slice(0, most).join(", ")} and ${more} more` : names.join(", ");
}

/** The value that all share; undefined if they differ, or there are none. */
export function only<T>(values: Iterable<T>): T | undefined {
  const [first, ...others] = new Set(values);
  return others.length === 0 ? first : undefined;
}

/** The order of two texts, for sorting. */
export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** The text with a full stop at its end, unless it has one. */
export function sentence(text: string): string {
  return /[.!?:]$/.test(text) ? text : `${text}.`;
}

/** The pace and the remaining time: `14.7/s, 1 min 20 s left`. */
export function pace(done: number, total: number, milliseconds: number): string {
  const rate = (done / Math.max(1, milliseconds)) * 1000;
  return `${rate.toFixed(1)}/s, ${rate > 0 ? duration((total - done) / rate) : "unknown time"} left`;
}

function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** Words quoted for a shell, after this tool's name. */
export function commandLine(words: readonly string[]): string {
  return shellLine(["lambda-layers", ...words]);
}

/**
 * A Pulumi command quoted for a shell.
 * @param folder the project's folder, relative to the user's working directory; undefined if they are the same
 */
export function pulumiCommandLine(words: readonly string[], folder: string | undefined): string {
  return shellLine(["pulumi", ...(folder === undefined ? [] : ["-C", folder]), ...words]);
}

function shellLine(words: readonly string[]): string {
  return words.map((word) => (/^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(" ");
}

// C0 with DEL, C1, the line and paragraph separators, and bidirectional control characters.
const invisible = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;
// Line ends of a document are kept: JSON itself escapes those within texts.
const invisibleInJson = /(?!\n)[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

// What Azure Pipelines treats as a command anywhere in a line, and GitHub Actions in its older form.
const command = /##(?=(?:vso)?\[)/gi;

const shortEscapes: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/**
 * Data that is safe to display: control characters, line ends and bidirectional marks as visible escapes (`\n`,
 * `\u001b`), so that no text can move the cursor, forge a line, hide a part of itself, or act as a command in a CI
 * system's log. Everything else stays, backslashes too, so that applying it twice is harmless.
 */
export function shown(text: string): string {
  return text.replace(invisible, (one) => shortEscapes[one] ?? escaped(one)).replace(command, "\\u0023#");
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** A name as {@link shown}, in quotes if it is empty or has other than visible ASCII characters: `"arn:x\n"`. */
export function quotedIfOdd(text: string): string {
  return /^[!-~]+$/.test(text) ? text : `"${shown(text)}"`;
}

/** Lines that GitHub Actions does not treat as commands: it looks for `::` at the start of a line. */
export function withoutCommands(lines: string): string {
  return lines.replace(/^([^\S\n]*)::/gm, "$1\\u003a:");
}

/** One text as one line, or several texts as a line each. */
export type Lines = string | readonly string[];

/** Lines, each as {@link shown}, so that the only line ends are those between them. */
export function shownLines(lines: Lines): string {
  return [lines].flat().map(shown).join("\n");
}

/** A value as JSON, which is YAML too, with visible escapes for everything that {@link shown} changes. */
export function visibleJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replace(invisibleInJson, escaped).replace(command, "\\u0023#");
}
