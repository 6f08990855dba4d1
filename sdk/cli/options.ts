import { Option } from "commander";
import {
  addNames,
  addTag,
  addText,
  flag,
  millisecondsFrom,
  numberFrom,
  type OptionDefinition,
  once,
  onFailureFrom,
  shardFrom,
  shareFrom,
  toleranceFrom,
  value,
  values,
} from "./option-definition";

const stacks = (meant: string) =>
  values(
    "--stack <NAME>",
    `a Pulumi stack, or several by a glob such as 'prod*'; repeat it, or separate names by commas (default: ${meant})`,
    addNames("stack"),
  );

const whatToDo = {
  config: value("--config <FILE>", "the layer configuration (default: layer_config.yaml)"),
  stack: stacks("dev"),
  /** The same flag, for commands that are about all stacks. */
  stacks: stacks("all"),
  dryRun: flag("--dry-run", "show the changes and write nothing at all"),
  prove: flag(
    "--prove",
    "import only if the program keeps the new versions, as a preview of it on a copy of the stack shows",
  ),
  syncAws: flag("--sync-aws", "also update the live Lambda functions"),
  expectNoChanges: flag(
    "--expect-no-changes",
    "change nothing, and exit with 7 if there is anything to change, 3 or 1 if that is not known",
  ),
  recordedOnly: flag("--recorded-only", "only what Pulumi's state records: nothing is asked of AWS"),
  stateFile: value("--state-file <FILE>", "an exported state instead of the stack's own"),
  /** The same flag, repeatable. */
  stateFiles: values(
    "--state-file <FILE>",
    "an exported state instead of a stack's own; repeat it for several",
    addText,
  ),
  live: flag("--live", "the functions in AWS instead of a stack's state"),
  pack: value("--pack <DIR>", "write the archives of a release there, instead of installing"),
  force: flag("--force", "replace a file that is there"),
  to: value("--to <VERSION>", "this version instead of the newest", numberFrom({ least: 1, whole: true })),
  variant: value(
    "--variant <N>",
    "only what this variant of its entry declares, as `outdated` numbers them; 0 is the entry itself",
    numberFrom({ least: 0, whole: true }),
  ),
  like: value("--like <STACK>", "the versions that are declared for this stack: promotes from one stack to another"),
  group: values("--group <GLOB>", "the entries whose names fit, such as 'datadog*'; repeat it for several", addText),
  /** Milliseconds. */
  minimumAge: value(
    "--minimum-age <TIME>",
    "only versions published that long ago, such as 7d, 12h or 2w",
    millisecondsFrom,
  ),
  out: value("--out <FILE>", "where the updated state file goes (default: it is replaced, after a backup)"),
  full: flag("--full", "restore the whole backup: every later change to the stack's state is lost"),
  backupDir: value("--backup-dir <DIR>", "where backups are (default: backups)"),
  retentionDays: value(
    "--retention-days <N>",
    "remove backups that are older (default: the config's backup_retention_days, else 30)",
    numberFrom({ least: 0, whole: true }),
  ),
  cwd: value("--cwd <DIR>", "the folder of the Pulumi project; relative paths are relative to it"),
  skipAliases: flag("--skip-aliases", "do not look for aliases that serve other layer versions"),
  publish: flag("--publish", "publish a version of each function that was updated or named"),
  alias: value("--alias <NAME>", "with --publish: and move this alias to it"),
  /** True if no record was named. */
  resume: value<string | true>("--resume [FILE]", "finish the run of this record (default: the stack's newest)"),
};

const whichStacks = {
  projects: values(
    "--projects <GLOB>",
    "the Pulumi projects in folders below this one that fit, such as '*' or 'services/*', each with the config nearest to it; repeat it for several",
    addText,
  ),
  stackTag: value("--stack-tag <KEY=VALUE>", "only stacks with this tag of Pulumi's (then --stack is '*' by default)"),
  parallel: value(
    "--parallel <N>",
    "so many stacks at a time (default: 4 where they are read or planned, 1 where they are changed)",
    numberFrom({ least: 1, whole: true }),
  ),
  failureTolerance: value(
    "--failure-tolerance <N|N%>",
    "begin no other stack once more than so many have failed (default: all are attempted)",
    toleranceFrom,
  ),
};

const whichFunctions = {
  function: values(
    "-f, --function <NAME>",
    "only this function, by its name in AWS or in the program, or its ARN; repeat it for several",
    addText,
  ),
  exclude: values("-e, --exclude <NAME>", "not this function, named in the same way; repeat it for several", addText),
  allFunctions: flag(
    "--all-functions",
    "live functions that are tagged as the stack's; in an update beside those of the state",
  ),
  tag: values(
    "--tag <KEY=VALUE>",
    "live functions with this tag, or all of several; in an update beside those of the state",
    addTag,
  ),
  shard: value(
    "--shard <I/N>",
    "only the I-th of N parts of the functions, for several jobs; divide --rate by N",
    shardFrom,
  ),
};

const howCarefully = {
  maxChanges: value(
    "--max-changes <N>",
    "change nothing if the plan has more layer version updates in AWS",
    numberFrom({ least: 0, whole: true }),
  ),
  canary: value(
    "--canary <N|N%>",
    "update so many functions first, then check, ask or wait; put them back if that fails",
    shareFrom,
  ),
  batch: value("--batch <N|N%>", "update the others so many at a time, with a check after each batch", shareFrom),
  check: value("--check <COMMAND>", "run this after the canary and each batch; if it fails, stop and put the run back"),
  /** Seconds. */
  pause: value(
    "--pause <SECONDS>",
    "wait after the canary and each batch (default: 60 after a canary that nothing checks)",
    numberFrom({ least: 0 }),
  ),
  onFailure: value(
    "--on-failure <WHAT>",
    "continue with the other functions (default), stop, or (update, sync) rollback: stop and put the run back",
    onFailureFrom,
  ),
  skipPreflight: flag("--skip-preflight", "do not check permissions and layer versions beforehand"),
};

const aws = {
  region: value("--region <REGION>", "in AWS, only functions of this region (default: each function's own)"),
  profile: value("--profile <NAME>", "a profile of the shared AWS config files"),
  rate: value("--rate <N>", "requests a second to AWS Lambda at most (default: 15)", numberFrom({ above: 0 })),
  regions: values("--regions <NAMES>", "these AWS regions side by side, with commas between them", addNames("region")),
  profiles: values(
    "--profiles <NAMES>",
    "the accounts of these profiles side by side, with commas between them",
    addNames("profile"),
  ),
};

const output = {
  matrix: flag("--matrix", "a row each layer and a column each stack: where stacks differ"),
  drifted: flag("--drifted", "only what is not as declared, or not known to be"),
  html: value("--html <FILE>", "write a page that is one self-contained file"),
  /** True if it goes to stdout. */
  markdown: value<string | true>(
    "--markdown [FILE]",
    "write Markdown, for a pull request or a job summary (default: on stdout)",
  ),
  records: value(
    "--records <DIR>",
    "what came of the runs whose records are in this folder or below it, as several jobs have left them",
  ),
  renovate: value("--renovate <DIR>", "write for each entry the JSON that Renovate's custom datasource reads"),
  sarif: value("--sarif <FILE>", "write SARIF 2.1.0, for code scanning"),
  yes: flag("-y, --yes", "do not ask"),
  json: flag("--json", "print one JSON document on stdout, and nothing else"),
  verbose: flag("-v, --verbose", "tell each Pulumi command, each AWS call, and why layers match"),
};

// The headings that they stand under in the help.
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

/** The options that say how live functions are moved, for every command that does. */
export const rolloutNames: readonly OptionName[] = [
  ...(Object.keys(howCarefully) as (keyof typeof howCarefully)[]),
  "resume",
];

/** The options that choose among many stacks, for every command that takes `--stack`. */
export const whichStacksNames = Object.keys(whichStacks) as readonly (keyof typeof whichStacks)[];

/** The value of every option, as commands get it; undefined if it was not given. */
export type OptionValues = {
  [Name in OptionName]?: (typeof definitions)[Name] extends OptionDefinition<infer Value> ? Value : never;
};

/** Makes the option of a command. */
export function createOption(name: OptionName): Option {
  const { flags, description, parse, collect }: OptionDefinition = definitions[name];
  const option = new Option(flags, description);
  option.helpGroup(groups.find(([, options]) => name in options)?.[0] ?? "");
  // Two options can have the same flag, for different commands.
  option.attributeName = () => name;
  // Commander calls it for words only, and so never for a switch.
  return option.argParser(collect ?? once(parse));
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
