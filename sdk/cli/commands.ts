import type { CommandModule } from "./context";
import type { OptionName } from "./options";

/** A command, or a group of commands. */
export interface CommandDefinition {
  readonly name: string;
  /** One line, for the list of commands. */
  readonly summary: string;
  /** Several lines, for the command's own help. */
  readonly description: string;
  readonly options: readonly OptionName[];
  readonly argument?: { readonly name: string; readonly description: string; readonly choices?: readonly string[] };
  /** Shown below the command's help, each with what it does. */
  readonly examples?: readonly (readonly [command: string, does: string])[];
  readonly commands?: readonly CommandDefinition[];
  readonly load?: () => Promise<CommandModule>;
}

const place: readonly OptionName[] = ["backupDir", "cwd"];
const output: readonly OptionName[] = ["json", "verbose"];
const aws: readonly OptionName[] = ["region", "profile", "rate"];
const functions: readonly OptionName[] = ["function", "exclude"];

/** The command that runs where none is named. */
export const defaultCommand: CommandDefinition = {
  name: "update",
  summary: "bring a stack's state to the declared layer versions (the default command)",
  description:
    "Brings the layer versions that a Pulumi stack records to those that the configuration declares, and with --sync-aws the live Lambda functions too. The state is backed up first.",
  options: [
    ...(["config", "stack", "dryRun", "syncAws", "expectNoChanges", "stateFile", "out"] as const),
    ...place,
    ...functions,
    "allFunctions",
    "tag",
    ...aws,
    "yes",
    ...output,
  ],
  examples: [
    ["lambda-layers --config layer_config.yaml --stack dev --dry-run", "show what would change"],
    ["lambda-layers --config layer_config.yaml --stack dev", "update the Pulumi state"],
    ["lambda-layers --config layer_config.yaml --stack prod --sync-aws", "and the functions in AWS"],
    ["lambda-layers --stack dev,staging,prod --dry-run", "several stacks, one after the other"],
    ["lambda-layers --state-file export.json --out new.json", "an exported state, without Pulumi"],
  ],
  load: () => import("./commands/update.js"),
};

/** All commands, in the order of the help. */
export const commands: readonly CommandDefinition[] = [
  defaultCommand,
  {
    name: "status",
    summary: "show which versions are declared, recorded and live",
    description:
      "Shows one row a function and layer: the version that the configuration declares, the one that the stack's state records, and with AWS credentials the live one. What is not as declared is marked.",
    options: ["config", "stack", "expectNoChanges", "stateFile", ...place, ...functions, ...aws, ...output],
    examples: [["lambda-layers status --stack prod --expect-no-changes", "exit with 7 where anything has drifted"]],
    load: () => import("./commands/status.js"),
  },
  {
    name: "validate",
    summary: "check the configuration, against the stack and against AWS",
    description:
      "Checks the configuration file, which layers of the stack's functions it matches, and with AWS credentials whether every declared version exists and suits its functions. Changes nothing.",
    options: ["config", "stack", "stateFile", ...place, ...aws, ...output],
    examples: [["lambda-layers validate --state-file export.json", "without Pulumi"]],
    load: () => import("./commands/validate.js"),
  },
  {
    name: "rollback",
    summary: "put back the layer versions of a backup",
    description:
      "Puts the layer versions of a backup back into today's state; what else has changed since is kept. Is backed up itself.",
    argument: { name: "backup", description: "a backup's file or name (default: the newest that an update made)" },
    options: [
      ...(["config", "stack", "dryRun", "full", "syncAws"] as const),
      ...place,
      ...functions,
      ...aws,
      "yes",
      ...output,
    ],
    examples: [
      ["lambda-layers rollback --stack dev --dry-run", "show what would change"],
      ["lambda-layers rollback --stack dev backups/dev_state_20240824_143022.json", "go back to this backup"],
    ],
    load: () => import("./commands/rollback.js"),
  },
  {
    name: "backups",
    summary: "list backups, or remove old ones",
    description: "Lists the backups that there are, or removes those that are older than the retention.",
    options: [],
    commands: [
      {
        name: "list",
        summary: "list the backups, newest first",
        description: "Lists the backups of all stacks, or of those named, newest first.",
        options: ["stack", ...place, ...output],
        load: () => import("./commands/backups-list.js"),
      },
      {
        name: "prune",
        summary: "remove backups that are older than the retention",
        description:
          "Removes backups that are older than the retention. The newest one of a stack, and the newest that an update made, stay however old they are.",
        options: ["config", "stack", "retentionDays", "dryRun", ...place, "yes", ...output],
        load: () => import("./commands/backups-prune.js"),
      },
    ],
  },
  {
    name: "completion",
    summary: "print a script that completes commands in a shell",
    description: "Prints a script that lets a shell complete commands, options and files.",
    argument: { name: "shell", description: "the shell", choices: ["bash", "zsh", "fish"] },
    options: [],
    examples: [
      ['eval "$(lambda-layers completion bash)"', "in ~/.bashrc"],
      ['eval "$(lambda-layers completion zsh)"', "in ~/.zshrc, after compinit"],
      ["lambda-layers completion fish | source", "in ~/.config/fish/config.fish"],
    ],
    load: () => import("./commands/completion.js"),
  },
];
