import { Command, type CommanderError, Help } from "commander";
import { commands, defaultCommand } from "./commands";
import type { CommandDefinition } from "./context";
import { addText } from "./option-definition";
import { createOption, type OptionValues } from "./options";
import type { Output } from "./terminal";
import { usageError } from "./usage";

/** Runs a command whose words have been parsed. */
export type RunCommand = (
  definition: CommandDefinition,
  options: OptionValues,
  args: readonly string[],
) => Promise<void>;

/** What the program is built from. */
export interface ProgramOptions {
  /**
   * The words to parse, a command first. Only what they name is created, because all commands and options take a while.
   */
  readonly words: readonly string[];
  readonly version: string;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly runCommand: RunCommand;
}

/**
 * The command line's grammar and help, built from the tables. Parsing throws CommanderError after printing help or
 * version, and LayersError `usage` for invalid words.
 */
export function createProgram({ words, version, stdout, stderr, runCommand }: ProgramOptions): Command {
  const program = new Command("lambda-layers")
    .usage("[update] [options]\n       lambda-layers COMMAND [options]")
    .description("Keeps the AWS Lambda layer versions of Pulumi stacks at those declared in one YAML file.")
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .showSuggestionAfterError(false)
    .addHelpText("after", examplesOf(defaultCommand))
    .exitOverride(endOf(defaultCommand.name, defaultCommand))
    .configureHelp(helpFormat)
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      getOutHelpWidth: () => stdout.width ?? widthOfFiles,
      getErrHelpWidth: () => stderr.width ?? widthOfFiles,
      // Errors are thrown instead.
      outputError() {},
    });
  const named = commands.filter(({ name }) => name === words[0]);
  for (const definition of named.length > 0 ? named : commands) {
    if (definition.group) program.commandsGroup(definition.group);
    addCommand(program, definition, { words, runCommand });
  }
  // As the last command, it falls into the group of the one before.
  return program.helpCommand("help [command]", "print help for a command");
}

// The width of help without a terminal.
const widthOfFiles = 100;

const helpFormat: Partial<Help> = {
  // The default command's options are listed in the program's own help, as users of a tool with one command expect it.
  visibleOptions(command) {
    const isProgram = command.parent === null;
    const options = isProgram ? defaultCommand.options.map((option) => createOption(option)) : [];
    return [...options, ...new Help().visibleOptions(command)];
  },
  optionTerm: ({ flags }) => upperNames(flags).replace(/<(.+?)>/g, "$1"),
  commandUsage(command) {
    return upperNames(new Help().commandUsage(command));
  },
  subcommandTerm(command) {
    const inner = command.commands.map((one) => one.name()).join("|");
    const args = command.registeredArguments.map((one) => (one.required ? `<${one.name()}>` : `[${one.name()}]`));
    return upperNames([command.name(), inner, ...args].filter(Boolean).join(" "));
  },
  subcommandDescription: (command) => command.summary() || command.description(),
};

/** `<FUNCTION>` and `[BACKUP]` for `<function>` and `[backup]`. */
function upperNames(usage: string): string {
  return usage.replace(/<\w+>|\[(?!options|update)\w+\.*\]/g, (name) => name.toUpperCase());
}

function addCommand(
  parent: Command,
  definition: CommandDefinition,
  run: Pick<ProgramOptions, "words" | "runCommand">,
  group = "",
): void {
  const path = `${group}${definition.name}`;
  const command = parent
    .command(definition.name)
    .summary(definition.summary)
    .description(definition.description)
    .helpOption("-h, --help", "print this help")
    .exitOverride((error) => endOf(path, definition, extraWord(command))(error));
  if (run.words.includes(definition.name))
    for (const option of definition.options) command.addOption(createOption(option));
  const { argument } = definition;
  if (argument) command.addArgument(createArgument(command, argument));
  if (definition.examples) command.addHelpText("after", examplesOf(definition));
  for (const inner of definition.commands ?? []) addCommand(command, inner, run, `${path} `);
  if (definition.load) command.action(() => run.runCommand(definition, command.opts(), command.args));
}

/** Turns the process exit of the parser into an error. */
function endOf(path: string, definition: CommandDefinition, extra?: string) {
  return (error: CommanderError): never => {
    throw error.exitCode === 0 ? error : usageError(error, path, definition, extra);
  };
}

/** The first word beyond the command's arguments. */
function extraWord({ args, registeredArguments }: Command): string | undefined {
  return args[registeredArguments.length];
}

type Argument = NonNullable<CommandDefinition["argument"]>;

function createArgument(command: Command, { name, description, choices, required, variadic }: Argument) {
  const argument = command.createArgument(
    choices || required ? `<${name}>` : `[${name}${variadic ? "..." : ""}]`,
    description,
  );
  return choices ? argument.choices([...choices]) : argument.argParser(addText);
}

function examplesOf({ examples = [] }: CommandDefinition): string {
  const lines = examples.flatMap(([command, does]) => [`  # ${does}`, `  ${command}`]);
  return ["", "Examples:", ...lines].join("\n");
}
