import type { CommandDefinition, CommandTable } from "../context";
import { createOption } from "../options";

/** The program's own name, and that of its commands' completions. */
export const programName = "lambda-layers";

/** What can be written behind some command, as the generators of scripts need it. */
export interface Completion {
  /** The words of the command: none for the program, `["backups", "list"]` for a command of a group. */
  readonly path: readonly string[];
  readonly commands: readonly { readonly name: string; readonly summary: string }[];
  readonly options: readonly OptionCompletion[];
  /** What the command's argument can be: one of these words, or any file. */
  readonly argument: readonly string[] | "file" | undefined;
}

/** An option, and what its value is. */
export interface OptionCompletion {
  /** `-f` and `--function`, or the long one alone. */
  readonly flags: readonly string[];
  readonly description: string;
  /** Undefined for an option without a value; `text` for a value that no shell can complete. */
  readonly value?: "file" | "folder" | "text";
}

/** The program and all of its commands. */
export function allCompletions({ commands, defaultCommand }: CommandTable): Completion[] {
  const program: Completion = {
    path: [],
    commands,
    options: [...toOptions(defaultCommand), { flags: ["-V", "--version"], description: "print the version" }],
    argument: undefined,
  };
  return [program, ...commands.flatMap((command) => completionsOf(command, []))];
}

function completionsOf(command: CommandDefinition, above: readonly string[]): Completion[] {
  const path = [...above, command.name];
  const { argument, commands = [] } = command;
  const own: Completion = {
    path,
    commands,
    options: toOptions(command),
    argument: argument && (argument.choices ?? "file"),
  };
  return [own, ...commands.flatMap((one) => completionsOf(one, path))];
}

function toOptions(command: CommandDefinition): OptionCompletion[] {
  const options = command.options.map((name): OptionCompletion => {
    const { short, long, description, flags } = createOption(name);
    return { flags: [short, long].filter((flag) => flag !== undefined), description, value: kindOfValue(flags) };
  });
  return [...options, { flags: ["-h", "--help"], description: "print this help" }];
}

function kindOfValue(flags: string): OptionCompletion["value"] {
  const name = /<(.+)>/.exec(flags)?.[1];
  if (name === undefined) return undefined;
  return name === "FILE" ? "file" : name === "DIR" ? "folder" : "text";
}
