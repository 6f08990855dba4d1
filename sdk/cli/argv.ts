import type { CommandDefinition } from "./commands";

/**
 * Moves the names of commands to the front, so that options may stand before them: `--stack dev status` becomes
 * `status --stack dev`. Where no command is named, the default one is.
 * @param words what stands behind `lambda-layers`
 * @param flagsWithValue flags whose next word is their value
 * @returns words that a parser understands which expects the command first; a word that is no command stays the first one
 */
export function commandFirst(
  words: readonly string[],
  commands: readonly CommandDefinition[],
  flagsWithValue: ReadonlySet<string>,
  defaultCommand?: string,
): string[] {
  const at = firstOperand(words, flagsWithValue);
  const name = words[at];
  if (name === undefined) {
    const wantsProgram = words.some((word) => ["--help", "-h", "--version", "-V"].includes(word));
    return defaultCommand === undefined || wantsProgram ? [...words] : [defaultCommand, ...words];
  }
  const others = [...words.slice(0, at), ...words.slice(at + 1)];
  const inner = commands.find((command) => command.name === name)?.commands;
  return [name, ...(inner ? commandFirst(others, inner, flagsWithValue) : others)];
}

/** Where the first word stands that is neither an option nor an option's value. */
function firstOperand(words: readonly string[], flagsWithValue: ReadonlySet<string>): number {
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    if (word === "--") return at + 1;
    if (flagsWithValue.has(word)) at++;
    else if (!word.startsWith("-") || word === "-") return at;
  }
  return words.length;
}
