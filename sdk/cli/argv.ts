import type { CommandDefinition } from "./context";
import { unknownCommand } from "./usage";

/** Each flag, such as `--stack`, and whether its next word is its value. */
export type Flags = ReadonlyMap<string, boolean>;

// The program's options besides those of its commands.
const programFlags = ["--help", "-h", "--version", "-V"];

/**
 * Moves the names of commands to the front, so that options may stand before them: `--stack dev status` becomes `status
 * --stack dev`, and `help status` becomes `status --help`. If no command is named, the default one is added.
 * @param words the words after `lambda-layers`
 * @returns words for a parser that expects the command first
 * @throws LayersError `usage` for a word that is not a command
 */
export function commandFirst(
  words: readonly string[],
  flags: Flags,
  commands: readonly CommandDefinition[],
  defaultCommand?: string,
  group?: string,
): string[] {
  const at = firstOperand(words, flags);
  const name = words[at];
  if (name === undefined) {
    const isForProgram = programFlags.some((flag) => hasFlag(words, flag, flags));
    return defaultCommand === undefined || isForProgram ? [...words] : [defaultCommand, ...words];
  }
  const others = [...words.slice(0, at), ...words.slice(at + 1)];
  if (name === "help") return [...commandFirst(others, flags, commands, undefined, group), "--help"];
  const command = commands.find((one) => one.name === name);
  // With --help, a parser would print its general help in spite of such a word.
  if (!command) throw unknownCommand(name, commands, group);
  return [name, ...(command.commands ? commandFirst(others, flags, command.commands, undefined, name) : others)];
}

/** Whether a flag is among the words, and not as the value of another flag. */
export function hasFlag(words: readonly string[], flag: string, flags: Flags): boolean {
  return words.some((word, i) => word === flag && !isValue(words, i, flags));
}

/** The index of the first word that is neither an option nor an option's value. */
function firstOperand(words: readonly string[], flags: Flags): number {
  for (const [at, word] of words.entries()) {
    if (isValue(words, at, flags)) continue;
    if (!word.startsWith("-") || word === "-") return at;
    const [flag = ""] = word.split("=", 1);
    // A word after an unknown flag may be its value. The error is then about the flag.
    if (flag.startsWith("--") && !flags.has(flag) && !programFlags.includes(flag)) break;
  }
  return words.length;
}

/** Whether a word is the value of the flag before it. */
function isValue(words: readonly string[], at: number, flags: Flags): boolean {
  return at > 0 && flags.get(words[at - 1] ?? "") === true && !isValue(words, at - 1, flags);
}
