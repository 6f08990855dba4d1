import { Option } from "commander";
import {
  addNames,
  addRegions,
  addTag,
  addText,
  flag,
  millisecondsFrom,
  numberFrom,
  type OptionDefinition,
  once,
  onFailureFrom,
  regionFrom,
  shardFrom,
  shareFrom,
  toleranceFrom,
  value,
  values,
} from "./option-definition";

const stacks = (meant: string) =>
  values(
    "--stack <NAME>",
    `a Pulumi stack, or a glob such as 'prod*'; repeatable, or separate names with commas (default: ${meant})`,
    addNames("stack"),
  );

const whatToDo = {
  config: value("--config <FILE>", "the layer configuration (default: layer_config.yaml)"),
  stack: stacks("dev"),
  /** The same flag, for commands that cover all stacks. */
  stacks: stacks("all"),
  dryRun: flag("--dry-run", "show the changes and write nothing"),
  prove: flag(
    "--prove",
    "import only if a preview of the program on a copy of the stack shows that it keeps the new versions",
  ),
  syncAws: flag("--sync-aws", "also update the live Lambda functions"),
  expectNoChanges: flag(
    "--expect-no-changes",
    "change nothing; exit with 7 if there is anything to change, or with 3 or 1 if that could not be determined",
  ),
  recordedOnly: flag("--recorded-only", "show only what Pulumi's state records, without calling AWS"),
  stateFile: value("--state-file <FILE>", "use an exported state instead of the stack"),
  /** The same flag, repeatable. */
  stateFiles: values("--state-file <FILE>", "use an exported state instead of a stack; repeatable", addText),
  live: flag("--live", "use the functions in AWS instead of a stack's state"),
  pack: value("--pack <DIR>", "write release archives to this folder instead of installing"),
  force: flag("--force", "replace an existing file"),
  to: value("--to <VERSION>", "use this version instead of the newest", numberFrom({ least: 1, whole: true })),
  variant: value(
    "--variant <N>",
    "only this variant of an entry, as numbered by `outdated`; 0 is the entry itself",
    numberFrom({ least: 0, whole: true }),
  ),
  like: value("--like <STACK>", "promote: use the versions that are declared for this stack"),
  group: values("--group <GLOB>", "entries whose names match, such as 'datadog*'; repeatable", addText),
  /** Milliseconds. */
  minimumAge: value("--minimum-age <TIME>", "only versions at least this old, such as 7d, 12h or 2w", millisecondsFrom),
  out: value("--out <FILE>", "where to write the updated state file (default: replace the input, after a backup)"),
  full: flag("--full", "restore the whole backup: every later change to the stack's state is lost"),
  backupDir: value("--backup-dir <DIR>", "the backup folder (default: backups)"),
  retentionDays: value(
    "--retention-days <N>",
    "remove backups older than this (default: backup_retention_days from the config, or 30)",
    numberFrom({ least: 0, whole: true }),
  ),
  cwd: value("--cwd <DIR>", "the folder of the Pulumi project; relative paths are relative to it"),
  skipAliases: flag("--skip-aliases", "do not check for aliases that serve other layer versions"),
  publish: flag("--publish", "publish a version of each function that was updated or named"),
  alias: value("--alias <NAME>", "with --publish: move this alias to the published version"),
  /** True if no record was named. */
  resume: value<string | true>("--resume [FILE]", "finish the run in this record (default: the stack's newest)"),
};

const whichStacks = {
  projects: values(
    "--projects <GLOB>",
    "Pulumi projects in matching folders below this one, such as '*' or 'services/*', each with its nearest config; repeatable",
    addText,
  ),
  stackTag: value("--stack-tag <KEY=VALUE>", "only stacks with this Pulumi tag (--stack then defaults to '*')"),
  parallel: value(
    "--parallel <N>",
    "how many stacks at a time (default: 4 when reading or planning, 1 when making changes)",
    numberFrom({ least: 1, whole: true }),
  ),
  failureTolerance: value(
    "--failure-tolerance <N|N%>",
    "start no further stacks once more than this many have failed (default: attempt all)",
    toleranceFrom,
  ),
};

const whichFunctions = {
  function: values(
    "-f, --function <NAME>",
    "only this function, by its name in AWS or in the program, or by ARN; repeatable",
    addText,
  ),
  exclude: values("-e, --exclude <NAME>", "skip this function, named in the same way; repeatable", addText),
  allFunctions: flag(
    "--all-functions",
    "live functions tagged as the stack's; with update, in addition to those in the state",
  ),
  tag: values(
    "--tag <KEY=VALUE>",
    "live functions with this tag, or with all tags if repeated; with update, in addition to those in the state",
    addTag,
  ),
  shard: value(
    "--shard <I/N>",
    "only part I of N of the functions, to split a run over several jobs; divide --rate by N",
    shardFrom,
  ),
};

const howCarefully = {
  maxChanges: value(
    "--max-changes <N>",
    "change nothing if the plan has more layer version updates in AWS than this",
    numberFrom({ least: 0, whole: true }),
  ),
  canary: value(
    "--canary <N|N%>",
    "update this many functions first, then check, ask or wait; roll them back if that fails",
    shareFrom,
  ),
  batch: value("--batch <N|N%>", "update the others this many at a time, with a check after each batch", shareFrom),
  check: value(
    "--check <COMMAND>",
    "run this after the canary and each batch; if it fails, stop and roll back the run",
  ),
  /** Seconds. */
  pause: value(
    "--pause <SECONDS>",
    "wait after the canary and each batch (default: 60 after a canary without a check)",
    numberFrom({ least: 0 }),
  ),
  onFailure: value(
    "--on-failure <WHAT>",
    "continue with the other functions (default), stop, or (update, sync) rollback: stop and roll back the run",
    onFailureFrom,
  ),
  skipPreflight: flag("--skip-preflight", "do not check permissions and layer versions in advance"),
};

const aws = {
  region: value(
    "--region <REGION>",
    "in AWS, only functions in this region (default: each function's own)",
    regionFrom,
  ),
  profile: value("--profile <NAME>", "a profile of the shared AWS config files"),
  rate: value("--rate <N>", "maximum requests per second to AWS Lambda (default: 15)", numberFrom({ above: 0 })),
  regions: values("--regions <NAMES>", "several AWS regions in parallel, separated by commas", addRegions),
  profiles: values(
    "--profiles <NAMES>",
    "the accounts of several profiles in parallel, separated by commas",
    addNames("profile"),
  ),
};

const output = {
  matrix: flag("--matrix", "one row per layer and one column per stack, to see where stacks differ"),
  drifted: flag("--drifted", "show only drift and what is unknown"),
  html: value("--html <FILE>", "write a page as one self-contained file"),
  /** True if it goes to stdout. */
  markdown: value<string | true>(
    "--markdown [FILE]",
    "write Markdown, for a pull request or a job summary (default: on stdout)",
  ),
  records: value(
    "--records <DIR>",
    "report the runs whose records are in or below this folder, such as those of several jobs",
  ),
  newest: flag("--newest", "with --html: and the newest version of each declared layer"),
  renovate: value("--renovate <DIR>", "write the JSON of each entry for Renovate's custom datasource"),
  sarif: value("--sarif <FILE>", "write SARIF 2.1.0, for code scanning"),
  yes: flag("-y, --yes", "do not ask for confirmation"),
  json: flag("--json", "print one JSON document on stdout, and nothing else"),
  verbose: flag("-v, --verbose", "log each Pulumi command and AWS call, and why layers match"),
};

// Their headings in the help.
const groups = Object.entries({
  "What to do:": whatToDo,
  "Which stacks:": whichStacks,
  "Which functions:": whichFunctions,
  "How carefully:": howCarefully,
  "AWS:": aws,
  "Output:": output,
});

const definitions = { ...whatToDo, ...whichStacks, ...whichFunctions, ...howCarefully, ...aws, ...output };

export type OptionName = keyof typeof definitions;

/** The options on how live functions are moved, for every command that moves them. */
export const rolloutNames: readonly OptionName[] = [
  ...(Object.keys(howCarefully) as (keyof typeof howCarefully)[]),
  "resume",
];

/** The options that select stacks, for every command that takes `--stack`. */
export const whichStacksNames = Object.keys(whichStacks) as readonly (keyof typeof whichStacks)[];

/** The value of every option, as commands get it; undefined if it was not given. */
export type OptionValues = {
  [Name in OptionName]?: (typeof definitions)[Name] extends OptionDefinition<infer Value> ? Value : never;
};

/** Creates the Commander option. */
export function createOption(name: OptionName): Option {
  const { flags, description, parse, collect }: OptionDefinition = definitions[name];
  const option = new Option(flags, description);
  option.helpGroup(groups.find(([, options]) => name in options)?.[0] ?? "");
  // Two options can have the same flag, for different commands.
  option.attributeName = () => name;
  const isSwitch = !option.required && !option.optional;
  return isSwitch ? option : option.argParser(collect ?? once(parse));
}

/** The flags of all options, and whether their next word is their value. */
export function allFlags(): Map<string, boolean> {
  const options = Object.values(definitions).map(({ flags }) => new Option(flags));
  return new Map(
    options.flatMap(({ short, long, required }) =>
      [short, long].flatMap((flag) => (flag === undefined ? [] : [[flag, required] as const])),
    ),
  );
}
