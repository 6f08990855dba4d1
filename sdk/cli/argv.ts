import type { CommandDefinition } from "./commands";

/** Each flag, such as `--stack`, and whether its next word is its value. */
export type Flags = ReadonlyMap<string, boolean>;

/**
 * Moves the names of commands to the front, so that options may stand before them: `--stack dev status` becomes
 * `status --stack dev`. Where no command is named, the default one is put there.
 * @param words what stands behind `lambda-layers`
 * @returns words for a parser that expects the command first; it is to complain about a first word that is no command
 */
export function commandFirst(
  words: readonly string[],
  flags: Flags,
  commands: readonly CommandDefinition[],
  defaultCommand?: string,
): string[] {
  const at = firstOperand(words, flags);
  const name = words[at];
  if (name === undefined) {
    const isForProgram = words.some((word) => flags.get(word) === undefined && programFlags.includes(word));
    return defaultCommand === undefined || isForProgram ? [...words] : [defaultCommand, ...words];
  }
  const others = [...words.slice(0, at), ...words.slice(at + 1)];
  const inner = commands.find((command) => command.name === name)?.commands;
  return [name, ...(inner ? commandFirst(others, flags, inner) : others)];
}

/** The flags that the program has beside those of its commands. */
export const programFlags = ["--help", "-h", "--version", "-V"];

/** Where the first word stands that is neither an option nor an option's value. */
function firstOperand(words: readonly string[], flags: Flags): number {
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    if (!word.startsWith("-") || word === "-") return at;
    const flag = word.startsWith("--") ? (word.split("=", 1)[0] ?? "") : word;
    // A word behind an unknown flag may be its value. It is the flag that has to be complained about.
    if (flag.startsWith("--") && !flags.has(flag) && !programFlags.includes(flag)) break;
    if (flag === word && flags.get(flag)) at++;
  }
  return words.length;
}
