import type { CommanderError } from "commander";
import { LayersError } from "../core/errors";
import { didYouMean } from "../core/nearest";
import { commands } from "./commands";
import type { CommandDefinition } from "./context";
import { createOption } from "./options";

// What other tools call it.
const otherwiseCalled: Readonly<Record<string, string>> = {
  plan: "To see what an update would change: lambda-layers --dry-run",
  preview: "To see what an update would change: lambda-layers --dry-run",
  diff: "To see what is not as declared: lambda-layers status --drifted",
  drift: "To see what is not as declared: lambda-layers status --drifted",
};

/** The error for a word that is not a command, or not one of a group's commands. */
export function unknownCommand(name: string, known: readonly CommandDefinition[], group?: string): LayersError {
  const names = known.map((one) => one.name);
  const help = ["lambda-layers help", group].filter(Boolean).join(" ");
  return new LayersError("usage", `unknown command '${name}'`, {
    next: otherwiseCalled[name] ?? didYouMean(name, names) ?? `List the commands: ${help}`,
  });
}

/**
 * The error for words that a command does not take.
 * @param path the command's name, after that of its group
 * @param extra the first word beyond its arguments, if there are too many
 */
export function usageError(
  { message }: CommanderError,
  path: string,
  { options, commands: inner }: Pick<CommandDefinition, "options" | "commands">,
  extra?: string,
): LayersError {
  if (inner) {
    const names = inner.map(({ name }) => `lambda-layers ${path} ${name}`).join(", ");
    return new LayersError("usage", `'${path}' needs a subcommand`, { next: `Use one of: ${names}` });
  }
  const [, word] = /^error: unknown option '(.*)'$/s.exec(message) ?? [];
  const valued = word === undefined ? undefined : flagWithValue(word, options);
  if (valued !== undefined) {
    return new LayersError("usage", `option '${valued}' takes no value`, { next: `Write ${valued} without a value.` });
  }
  const advice = word === undefined ? adviseStack(message, extra, options) : adviseOption(word, path, options);
  return new LayersError("usage", message.replace(/^error: /, ""), {
    next: advice ?? `List its options: lambda-layers help ${path}`,
  });
}

/** The flag in `--dry-run=yes`, if the command takes it without a value. */
function flagWithValue(word: string, options: CommandDefinition["options"]): string | undefined {
  const [flag = ""] = word.split("=", 1);
  return flag !== word && options.some((name) => createOption(name).long === flag) ? flag : undefined;
}

/** Whether the extra word may be a stack, as in `status prod`; a file is not. */
function adviseStack(message: string, extra: string | undefined, options: CommandDefinition["options"]) {
  const takesStack = options.some((name) => createOption(name).long === "--stack");
  if (!takesStack || extra === undefined || !/too many arguments/.test(message) || /[^\w/-]/.test(extra))
    return undefined;
  return `Did you mean --stack ${extra}? Several stacks are separated by commas.`;
}

/** Which commands take an option, or which one was probably meant. */
function adviseOption(word: string, path: string, options: CommandDefinition["options"]): string | undefined {
  const flag = word.startsWith("--") ? word.replace(/=.*/s, "") : word.slice(0, 2);
  const others = commandsWith(flag, commands);
  if (others.length === 1) return `${path} does not take it, but ${others} does.`;
  if (others.length > 1) return `${path} does not take it. These commands do: ${others.join(", ")}.`;
  const known = options.flatMap((name) => createOption(name).long?.slice(2) ?? []);
  return flag.startsWith("--") ? didYouMean(flag.slice(2), [...known, "help"], (one) => `--${one}`) : undefined;
}

function commandsWith(flag: string, among: readonly CommandDefinition[]): string[] {
  return among.flatMap(({ name, options, commands: inner = [] }) => [
    ...(options.map(createOption).some(({ short, long }) => flag === short || flag === long) ? [name] : []),
    ...commandsWith(flag, inner).map((one) => `${name} ${one}`),
  ]);
}
