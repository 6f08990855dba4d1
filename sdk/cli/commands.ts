import type { CommandDefinition } from "./context";
import { type OptionName, rolloutNames, whichStacksNames } from "./options";

const place: readonly OptionName[] = ["backupDir", "cwd"];
const output: readonly OptionName[] = ["json", "verbose"];
const aws: readonly OptionName[] = ["region", "profile", "rate"];
const functions: readonly OptionName[] = ["function", "exclude"];
const withTags: readonly OptionName[] = [...functions, "allFunctions", "tag"];
const estate: readonly OptionName[] = ["region", "regions", "profile", "profiles", "rate"];
/** Which functions' layers to look at, with or without Pulumi. */
const looked: readonly OptionName[] = [...withTags, ...estate];
/** What `status` and `report` show. */
const shown: readonly OptionName[] = [
  ...(["config", "stack", "recordedOnly", "expectNoChanges", "stateFile"] as const),
  ...whichStacksNames,
  ...place,
  ...looked,
];

/** The command that runs if none is named. */
export const defaultCommand: CommandDefinition = {
  name: "update",
  group: "Change layer versions:",
  summary: "update a stack's state to the declared layer versions (the default command)",
  description:
    "Updates the layer versions in a Pulumi stack's state to those that the configuration declares. With --sync-aws, live Lambda functions are updated too. The state is backed up first.",
  options: [
    ...(["config", "stack", "dryRun", "prove", "syncAws", "expectNoChanges", "stateFile", "out"] as const),
    ...whichStacksNames,
    ...place,
    ...withTags,
    ...rolloutNames,
    ...aws,
    "yes",
    ...output,
  ],
  examples: [
    ["lambda-layers --config layer_config.yaml --stack dev --dry-run", "show what would change"],
    ["lambda-layers --config layer_config.yaml --stack dev", "update the Pulumi state"],
    ["lambda-layers --stack dev --prove", "update only if the program keeps the new versions"],
    ["lambda-layers --config layer_config.yaml --stack prod --sync-aws", "update the functions in AWS too"],
    [
      'lambda-layers --stack prod --sync-aws --canary 5 --check "./smoke-test.sh"',
      "update and check five functions first",
    ],
    ["lambda-layers --stack dev,staging,prod --dry-run", "preview several stacks"],
    ["lambda-layers --state-file export.json --out new.json", "update an exported state, without Pulumi"],
  ],
  load: () => import("./commands/update.js"),
};

/** All commands, in the order of the help. */
export const commands: readonly CommandDefinition[] = [
  defaultCommand,
  {
    name: "sync",
    summary: "update live Lambda functions to the declared layer versions",
    description:
      "Updates live functions to the versions that the configuration declares, as fast as Lambda's request limits allow, and keeps a record from which each function can be rolled back. The functions are those in the stack's state or, without Pulumi, those that --function, --tag or --all-functions select.",
    options: [
      ...(["config", "stack", "dryRun", "expectNoChanges", "publish", "alias", "skipAliases"] as const),
      ...whichStacksNames,
      ...place,
      ...withTags,
      "shard",
      ...rolloutNames,
      ...estate,
      "yes",
      ...output,
    ],
    examples: [
      ["lambda-layers sync --stack prod --dry-run", "show what would change"],
      ["lambda-layers sync --stack prod --all-functions --regions us-east-1,eu-west-1 --yes", "without Pulumi"],
      [
        'lambda-layers sync --stack prod --canary 5 --batch 10% --check "./smoke-test.sh"',
        "in steps, with a check after each",
      ],
      ["lambda-layers sync --stack prod --resume", "finish a run that was cut short"],
      ["lambda-layers rollback --stack prod --sync-aws backups/prod_sync_20240824_143022.jsonl", "roll back a run"],
    ],
    load: () => import("./commands/sync.js"),
  },
  {
    name: "rollback",
    summary: "restore the layer versions of a backup",
    description:
      "Restores the layer versions of a backup in the current state and keeps all other changes made since. The state is backed up first. With --sync-aws, also rolls back what the backup's run changed in live functions, except what others have changed since. Given a run record, rolls back that sync.",
    argument: {
      name: "backup",
      description: "file or name of a backup or run record (default: the newest that an update made)",
    },
    options: [
      ...(["config", "stack", "dryRun", "full", "syncAws"] as const),
      ...whichStacksNames,
      ...place,
      ...functions,
      ...rolloutNames,
      ...aws,
      "yes",
      ...output,
    ],
    examples: [
      ["lambda-layers rollback --stack dev --dry-run", "show what would change"],
      ["lambda-layers rollback --stack dev backups/dev_state_20240824_143022.json", "restore this backup"],
      ["lambda-layers rollback --stack dev --sync-aws backups/dev_sync_20240824_143022.jsonl", "roll back a sync"],
    ],
    load: () => import("./commands/rollback.js"),
  },
  {
    name: "status",
    group: "Look:",
    summary: "show which versions are declared, recorded and live",
    description:
      "Shows one row for each layer of each function: the version that the configuration declares, the one that the stack's state records, and the live one. Drift is marked with !, unknown versions with ?.",
    options: [...shown, "drifted", "matrix", ...output],
    examples: [
      ["lambda-layers status --stack prod --expect-no-changes", "exit with 7 if anything has drifted"],
      ["lambda-layers status --stack prod --drifted", "only what is not as declared"],
      ["lambda-layers status --all-functions --regions us-east-1,eu-west-1", "without Pulumi"],
      ["lambda-layers status --projects '*' --stack '*'", "every stack of every project below this folder"],
    ],
    load: () => import("./commands/status.js"),
  },
  {
    name: "report",
    summary: "write a report as a page, Markdown or SARIF",
    description:
      "Writes what `status` shows as a report to share: a page with a matrix of functions by layers, Markdown for a pull request, or SARIF for code scanning. Several stacks go into one report. Changes nothing.",
    options: [...shown, ...(["html", "newest", "markdown", "sarif", "records"] as const), ...output],
    examples: [
      ["lambda-layers report --stack dev,prod --html layers.html", "one page for both stacks"],
      ["lambda-layers report --stack prod --markdown", "Markdown on stdout"],
      ["lambda-layers report --stack prod --sarif layers.sarif", "SARIF for code scanning"],
    ],
    load: () => import("./commands/report.js"),
  },
  {
    name: "validate",
    summary: "check the configuration against the stack and AWS",
    description:
      "Checks the configuration file, which of the stack's layers it matches, and whether every declared version exists in AWS and suits its functions. Fails if anything could not be read. Changes nothing.",
    options: [...(["config", "stack", "stateFile"] as const), ...whichStacksNames, ...place, ...looked, ...output],
    examples: [["lambda-layers validate --state-file export.json", "without Pulumi"]],
    load: () => import("./commands/validate.js"),
  },
  {
    name: "explain",
    summary: "explain why one function's layers are at their versions",
    description:
      "Explains each layer of a function: which entry of the configuration declares it, where, and by which rule; what is recorded and live; what an update would do; and how to fix drift. Changes nothing.",
    argument: {
      name: "function",
      description: "its name in AWS or in the Pulumi program, or its ARN or URN",
      required: true,
    },
    options: [...(["config", "stack", "stateFile", "cwd"] as const), ...whichStacksNames, ...looked, ...output],
    examples: [["lambda-layers explain --stack prod my-function-1", "explain the layers of one function"]],
    load: () => import("./commands/explain.js"),
  },
  {
    name: "outdated",
    summary: "show which declared layer versions are not the newest",
    description:
      "Shows the newest version of each declared layer, and the newest that suits the functions that use it. Marks declared versions that do not exist. Fails if anything could not be read. Changes nothing.",
    options: [
      "config",
      "stack",
      "expectNoChanges",
      "variant",
      "stateFile",
      "cwd",
      ...whichStacksNames,
      ...looked,
      "renovate",
      ...output,
    ],
    examples: [
      ["lambda-layers outdated --stack prod --expect-no-changes", "exit with 7 if anything is outdated"],
      ["lambda-layers outdated --stack prod --all-functions", "without Pulumi"],
    ],
    load: () => import("./commands/outdated.js"),
  },
  {
    name: "init",
    group: "Write the configuration:",
    summary: "write a configuration from existing functions",
    description:
      "Writes a layer configuration from the states of stacks, from exported states, or from live functions. It declares the version that most functions use, and lists what that would change. Never replaces a file without --force.",
    options: [
      ...(["config", "stack", "stateFiles", "live", "force", "dryRun", "cwd"] as const),
      ...whichStacksNames,
      ...withTags,
      "regions",
      ...aws,
      ...output,
    ],
    examples: [
      ["lambda-layers init --stack dev,prod", "from the states of two stacks"],
      ["lambda-layers init --projects '*' --stack '*'", "one for all projects below this folder"],
      ["lambda-layers init --state-file dev.json --state-file prod.json", "without Pulumi"],
      ["lambda-layers init --live --region us-east-1 --stack dev", "from the functions in AWS"],
      ["lambda-layers init --live --all-functions --stack dev,prod", "by their tags"],
    ],
    load: () => import("./commands/init.js"),
  },
  {
    name: "upgrade",
    summary: "declare newer layer versions",
    description:
      "Edits the version numbers in the configuration and nothing else. With --stack, edits the stack's override, and adds one if there is none. Without --stack, edits the versions for all stacks, and chooses those that suit the functions of stack dev.",
    argument: { name: "layer", description: "entries of the configuration (default: all)", variadic: true },
    options: [
      ...(["config", "stack", "to", "like", "group", "minimumAge", "variant", "dryRun", "stateFile", "cwd"] as const),
      ...whichStacksNames,
      ...looked,
      "yes",
      "markdown",
      ...output,
    ],
    examples: [
      ["lambda-layers upgrade --dry-run", "show what would be edited"],
      ["lambda-layers upgrade --stack dev receipt-dynamo", "the newest version, in dev only"],
      ["lambda-layers upgrade datadog --to 98", "version 98"],
      ["lambda-layers upgrade --like staging --stack prod", "promote from staging to prod"],
      ["lambda-layers upgrade --minimum-age 7d", "only versions at least a week old"],
      ["lambda-layers upgrade insights --variant 1", "only the first variant of an entry"],
    ],
    load: () => import("./commands/upgrade.js"),
  },
  {
    name: "backups",
    group: "Other commands:",
    summary: "list backups, or remove old ones",
    description: "Lists backups, or removes those older than the retention period.",
    options: [],
    commands: [
      {
        name: "list",
        summary: "list the backups, newest first",
        description: "Lists the backups of all stacks, or of the named ones, newest first.",
        options: ["stacks", ...whichStacksNames, ...place, ...output],
        load: () => import("./commands/backups-list.js"),
      },
      {
        name: "prune",
        summary: "remove backups older than the retention period",
        description:
          "Removes backups older than the retention period. Each stack's newest backup, and the newest that an update made, are always kept.",
        options: ["config", "stacks", "retentionDays", "dryRun", ...whichStacksNames, ...place, "yes", ...output],
        load: () => import("./commands/backups-prune.js"),
      },
    ],
  },
  {
    name: "plugin",
    summary: "install the native plugin, for programs in any language",
    description: "Installs this package's native plugin, for programs in any Pulumi language.",
    options: [],
    commands: [
      {
        name: "install",
        summary: "install the plugin for Pulumi",
        description:
          "Installs the plugin lambda-layers into Pulumi's plugin folder, so that projects need not say where it is. With --pack, writes release archives instead.",
        options: ["pack", "cwd", ...output],
        examples: [
          ["lambda-layers plugin install", "for all projects of this user"],
          ["lambda-layers plugin install --pack dist/archives", "for a plugin download server"],
        ],
        load: () => import("./commands/plugin-install.js"),
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
