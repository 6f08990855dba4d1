import { Option } from "commander";
import {
  addNames,
  addTag,
  addText,
  groups,
  millisecondsFrom,
  numberFrom,
  type OptionDefinition,
} from "./option-definition";
import { type SyncOptionValues, syncOptions } from "./sync-options";

/** The value of every option, as commands get it; undefined where it was not given. */
export interface OptionValues extends SyncOptionValues {
  config?: string;
  stack?: string[];
  /** The same flag; undefined means all. */
  stacks?: string[];
  dryRun?: boolean;
  syncAws?: boolean;
  expectNoChanges?: boolean;
  stateFile?: string;
  /** The same flag, repeatable. */
  stateFiles?: string[];
  live?: boolean;
  force?: boolean;
  to?: number;
  /** Milliseconds. */
  minimumAge?: number;
  out?: string;
  full?: boolean;
  backupDir?: string;
  cwd?: string;
  function?: string[];
  exclude?: string[];
  allFunctions?: boolean;
  tag?: Record<string, string>;
  region?: string;
  profile?: string;
  rate?: number;
  retentionDays?: number;
  html?: string;
  /** True where it goes to stdout. */
  markdown?: string | true;
  sarif?: string;
  yes?: boolean;
  json?: boolean;
  verbose?: boolean;
}

export type OptionName = keyof OptionValues;

const definitions: Record<OptionName, OptionDefinition> = {
  ...syncOptions,
  config: {
    flags: "--config <FILE>",
    description: "the layer configuration (default: layer_config.yaml)",
    group: groups.what,
  },
  stack: {
    flags: "--stack <NAME>",
    description: "a Pulumi stack; repeat it, or separate names by commas, for several (default: dev)",
    group: groups.what,
    parse: addNames("stack"),
  },
  stacks: {
    flags: "--stack <NAME>",
    description: "a Pulumi stack; repeat it, or separate names by commas, for several (default: all)",
    group: groups.what,
    parse: addNames("stack"),
  },
  dryRun: { flags: "--dry-run", description: "show the changes and write nothing at all", group: groups.what },
  syncAws: { flags: "--sync-aws", description: "also update the live Lambda functions", group: groups.what },
  expectNoChanges: {
    flags: "--expect-no-changes",
    description: "change nothing, and exit with 7 where there is anything to change",
    group: groups.what,
  },
  stateFile: {
    flags: "--state-file <FILE>",
    description: "an exported state instead of the stack's own",
    group: groups.what,
  },
  stateFiles: {
    flags: "--state-file <FILE>",
    description: "an exported state instead of a stack's own; repeat it for several",
    group: groups.what,
    parse: addText,
  },
  live: { flags: "--live", description: "the functions in AWS instead of a stack's state", group: groups.what },
  force: { flags: "--force", description: "replace a file that is there", group: groups.what },
  to: {
    flags: "--to <VERSION>",
    description: "this version instead of the newest",
    group: groups.what,
    parse: (value) => numberFrom(value, { least: 1, whole: true }),
  },
  minimumAge: {
    flags: "--minimum-age <TIME>",
    description: "only versions published that long ago, such as 7d, 12h or 2w",
    group: groups.what,
    parse: millisecondsFrom,
  },
  out: {
    flags: "--out <FILE>",
    description: "where the updated state file goes (default: it is replaced, after a backup)",
    group: groups.what,
  },
  full: {
    flags: "--full",
    description: "restore the whole backup: every later change to the stack's state is lost",
    group: groups.what,
  },
  backupDir: { flags: "--backup-dir <DIR>", description: "where backups are (default: backups)", group: groups.what },
  retentionDays: {
    flags: "--retention-days <N>",
    description: "remove backups that are older (default: the config's backup_retention_days, else 30)",
    group: groups.what,
    parse: (value) => numberFrom(value, { least: 0, whole: true }),
  },
  cwd: {
    flags: "--cwd <DIR>",
    description: "the folder of the Pulumi project; relative paths are relative to it",
    group: groups.what,
  },
  function: {
    flags: "-f, --function <NAME>",
    description: "only this function, by its name in AWS; repeat it for several",
    group: groups.functions,
    parse: addText,
  },
  exclude: {
    flags: "-e, --exclude <NAME>",
    description: "not this function; repeat it for several",
    group: groups.functions,
    parse: addText,
  },
  allFunctions: {
    flags: "--all-functions",
    description: "with --sync-aws: also functions that are tagged as the stack's; with sync: these",
    group: groups.functions,
  },
  tag: {
    flags: "--tag <KEY=VALUE>",
    description: "with --sync-aws: also functions with this tag; with sync: these; repeated, with all of them",
    group: groups.functions,
    parse: addTag,
  },
  region: {
    flags: "--region <REGION>",
    description: "in AWS, only functions of this region (default: each function's own)",
    group: groups.aws,
  },
  profile: { flags: "--profile <NAME>", description: "a profile of the shared AWS config files", group: groups.aws },
  rate: {
    flags: "--rate <N>",
    description: "requests a second to AWS Lambda at most (default: 15)",
    group: groups.aws,
    parse: (value) => numberFrom(value, { above: 0 }),
  },
  html: { flags: "--html <FILE>", description: "write a page that is one self-contained file", group: groups.output },
  markdown: {
    flags: "--markdown [FILE]",
    description: "write Markdown, for a pull request or a job summary (default: on stdout)",
    group: groups.output,
  },
  sarif: { flags: "--sarif <FILE>", description: "write SARIF 2.1.0, for code scanning", group: groups.output },
  yes: { flags: "-y, --yes", description: "do not ask", group: groups.output },
  json: { flags: "--json", description: "print one JSON document on stdout, and nothing else", group: groups.output },
  verbose: {
    flags: "-v, --verbose",
    description: "tell each Pulumi command, each AWS call, and why layers match",
    group: groups.output,
  },
};

/** Makes the option of a command. */
export function createOption(name: OptionName): Option {
  const { flags, description, group, parse } = definitions[name];
  const option = new Option(flags, description).helpGroup(group);
  // Two options can have the same flag, for different commands.
  option.attributeName = () => name;
  return parse ? option.argParser(parse as (value: string, previous: unknown) => unknown) : option;
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
