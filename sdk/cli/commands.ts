import type { CommandDefinition } from "./context";
import { type OptionName, rolloutNames, whichStacksNames } from "./options";

const place: readonly OptionName[] = ["backupDir", "cwd"];
const output: readonly OptionName[] = ["json", "verbose"];
const aws: readonly OptionName[] = ["region", "profile", "rate"];
const functions: readonly OptionName[] = ["function", "exclude"];
const withTags: readonly OptionName[] = [...functions, "allFunctions", "tag"];
const estate: readonly OptionName[] = ["region", "regions", "profile", "profiles", "rate"];
/** Whose layers are looked at, with or without Pulumi. */
const looked: readonly OptionName[] = [...withTags, ...estate];

/** The command that runs if none is named. */
export const defaultCommand: CommandDefinition = {
  name: "update",
  summary: "bring a stack's state to the declared layer versions (the default command)",
  description:
    "Brings the layer versions that a Pulumi stack records to those that the configuration declares, and with --sync-aws the live Lambda functions too. The state is backed up first.",
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
    ["lambda-layers --stack dev --prove", "only if the program keeps the new versions"],
    ["lambda-layers --config layer_config.yaml --stack prod --sync-aws", "and the functions in AWS"],
    ['lambda-layers --stack prod --sync-aws --canary 5 --check "./smoke-test.sh"', "carefully"],
    ["lambda-layers --stack dev,staging,prod --dry-run", "several stacks, one after the other"],
    ["lambda-layers --state-file export.json --out new.json", "an exported state, without Pulumi"],
  ],
  load: () => import("./commands/update.js"),
};

/** All commands, in the order of the help. */
export const commands: readonly CommandDefinition[] = [
  defaultCommand,
  {
    name: "sync",
    summary: "bring live Lambda functions to the declared layer versions",
    description:
      "Brings live functions to the versions that the configuration declares, as fast as Lambda's request limits allow, and keeps a record by which each function can be put back. The functions are those of the stack's state, or without Pulumi those that --function, --tag or --all-functions mean.",
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
      ['lambda-layers sync --stack prod --canary 5 --batch 10% --check "./smoke-test.sh"', "carefully"],
      ["lambda-layers sync --stack prod --resume", "finish a run that was cut short"],
      ["lambda-layers rollback --stack prod --sync-aws backups/prod_sync_20240824_143022.jsonl", "put a run back"],
    ],
    load: () => import("./commands/sync.js"),
  },
  {
    name: "status",
    summary: "show which versions are declared, recorded and live",
    description:
      "Shows one row a function and layer: the version that the configuration declares, the one that the stack's state records, and the live one. What is not as declared is marked with !, what is not known with ?.",
    options: [
      ...(["config", "stack", "recordedOnly", "expectNoChanges", "stateFile"] as const),
      ...whichStacksNames,
      ...place,
      ...looked,
      "drifted",
      "matrix",
      ...output,
    ],
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
    summary: "show where layers stand as a page, Markdown or SARIF",
    description:
      "Writes where the layers of all functions stand, as `status` shows it, in forms to look at and to pass on: a page with a matrix of functions by layers, Markdown for a pull request, SARIF for code scanning. Several stacks go into one report. Changes nothing.",
    options: [
      ...(["config", "stack", "recordedOnly", "expectNoChanges", "stateFile"] as const),
      ...whichStacksNames,
      ...place,
      ...looked,
      ...(["html", "markdown", "sarif", "records"] as const),
      ...output,
    ],
    examples: [
      ["lambda-layers report --stack dev,prod --html layers.html", "one page for both stacks"],
      ["lambda-layers report --stack prod --markdown", "Markdown on stdout"],
      ["lambda-layers report --stack prod --sarif layers.sarif", "for a code-scanning view"],
    ],
    load: () => import("./commands/report.js"),
  },
  {
    name: "validate",
    summary: "check the configuration, against the stack and against AWS",
    description:
      "Checks the configuration file, which layers of the stack's functions it matches, and in AWS whether every declared version exists and suits its functions. Fails if that could not all be read. Changes nothing.",
    options: [...(["config", "stack", "stateFile"] as const), ...whichStacksNames, ...place, ...looked, ...output],
    examples: [["lambda-layers validate --state-file export.json", "without Pulumi"]],
    load: () => import("./commands/validate.js"),
  },
  {
    name: "explain",
    summary: "say for one function why its layers are at their versions",
    description:
      "Says for each layer of a function which entry of the configuration declares it and by which rule, where, what is recorded and live, what an update would do, and what mends its drift. Changes nothing.",
    argument: {
      name: "function",
      description: "its name in AWS or in the Pulumi program, or its ARN or URN",
      required: true,
    },
    options: [...(["config", "stack", "stateFile", "cwd"] as const), ...whichStacksNames, ...looked, ...output],
    examples: [["lambda-layers explain --stack prod my-function-1", "all about one function"]],
    load: () => import("./commands/explain.js"),
  },
  {
    name: "init",
    summary: "write a configuration from what there is",
    description:
      "Writes a layer configuration from what stacks record, from exported states, or from the live functions: the version that most functions use is declared, and what would change is listed. Never replaces a file unless told to.",
    options: [
      ...(["config", "stack", "stateFiles", "live", "force", "dryRun", "cwd"] as const),
      ...functions,
      ...aws,
      ...output,
    ],
    examples: [
      ["lambda-layers init --stack dev,prod", "from the states of two stacks"],
      ["lambda-layers init --state-file dev.json --state-file prod.json", "without Pulumi"],
      ["lambda-layers init --live --region us-east-1 --stack dev", "from the functions in AWS"],
    ],
    load: () => import("./commands/init.js"),
  },
  {
    name: "outdated",
    summary: "show which declared layer versions are not the newest",
    description:
      "Shows for each declared layer the newest version, and the newest that suits the functions that use it. Declared versions that do not exist are marked. Fails if not all could be read. Changes nothing.",
    options: [
      "config",
      "stack",
      "expectNoChanges",
      "variant",
      "stateFile",
      "cwd",
      ...whichStacksNames,
      ...aws,
      "renovate",
      ...output,
    ],
    examples: [["lambda-layers outdated --stack prod --expect-no-changes", "exit with 7 if anything is outdated"]],
    load: () => import("./commands/outdated.js"),
  },
  {
    name: "upgrade",
    summary: "bring declared layer versions to newer ones",
    description:
      "Edits the configuration: its version numbers and nothing else. With --stack the stack's override is edited, and added if there is none; without, the version for all stacks, as the functions of stack dev use it.",
    argument: { name: "layer", description: "entries of the configuration (default: all)", variadic: true },
    options: [
      ...(["config", "stack", "to", "like", "group", "minimumAge", "variant", "dryRun", "stateFile", "cwd"] as const),
      ...whichStacksNames,
      ...aws,
      "yes",
      "markdown",
      ...output,
    ],
    examples: [
      ["lambda-layers upgrade --dry-run", "show what would be edited"],
      ["lambda-layers upgrade --stack dev receipt-dynamo", "the newest one, in dev alone"],
      ["lambda-layers upgrade datadog --to 98", "this one"],
      ["lambda-layers upgrade --like staging --stack prod", "what staging has, for prod too"],
      ["lambda-layers upgrade --minimum-age 7d", "nothing that is younger than a week"],
      ["lambda-layers upgrade insights --variant 1", "the first variant of an entry alone"],
    ],
    load: () => import("./commands/upgrade.js"),
  },
  {
    name: "rollback",
    summary: "put back the layer versions of a backup",
    description:
      "Puts the layer versions of a backup back into today's state; what else has changed since is kept. Is backed up itself. With --sync-aws live functions too: what the backup's run has changed there, and nothing that others have changed since. A run record alone puts back a sync.",
    argument: {
      name: "backup",
      description: "a backup's or run record's file or name (default: the newest that an update made)",
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
      ["lambda-layers rollback --stack dev backups/dev_state_20240824_143022.json", "go back to this backup"],
      ["lambda-layers rollback --stack dev --sync-aws backups/dev_sync_20240824_143022.jsonl", "put back a sync"],
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
        options: ["stacks", ...place, ...output],
        load: () => import("./commands/backups-list.js"),
      },
      {
        name: "prune",
        summary: "remove backups that are older than the retention",
        description:
          "Removes backups that are older than the retention. The newest one of a stack, and the newest that an update made, stay however old they are.",
        options: ["config", "stacks", "retentionDays", "dryRun", ...place, "yes", ...output],
        load: () => import("./commands/backups-prune.js"),
      },
    ],
  },
  {
    name: "plugin",
    summary: "install the native plugin, for programs in any language",
    description: "Installs the native plugin of this package, which programs in any of Pulumi's languages use.",
    options: [],
    commands: [
      {
        name: "install",
        summary: "install the plugin for Pulumi",
        description:
          "Installs the plugin lambda-layers into Pulumi's own folder of plugins, so that no project has to say where it is. With --pack it is written as the archives of a release instead.",
        options: ["pack", "cwd", ...output],
        examples: [
          ["lambda-layers plugin install", "for all projects of this user"],
          ["lambda-layers plugin install --pack dist/archives", "for a server that plugins are downloaded from"],
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
