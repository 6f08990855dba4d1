import { InvalidArgumentError } from "commander";
import { parseShare, type Share } from "../core/rollout";
import { parseShard, type Shard } from "../core/shard";
import { addNames, groups, numberFrom, type OptionDefinition } from "./option-definition";

/** The values of the options that only `sync` has; undefined where they were not given. */
export interface SyncOptionValues {
  regions?: string[];
  profiles?: string[];
  shard?: Shard;
  maxChanges?: number;
  canary?: Share;
  batch?: Share;
  check?: string;
  /** Seconds. */
  pause?: number;
  onFailure?: "continue" | "stop" | "rollback";
  skipPreflight?: boolean;
  skipAliases?: boolean;
  publish?: boolean;
  alias?: string;
  /** True where no record was named. */
  resume?: string | true;
}

export const syncOptions: Record<keyof SyncOptionValues, OptionDefinition> = {
  regions: {
    flags: "--regions <NAMES>",
    description: "these AWS regions side by side, with commas between them",
    group: groups.aws,
    parse: addNames("region"),
  },
  profiles: {
    flags: "--profiles <NAMES>",
    description: "the accounts of these profiles side by side, with commas between them",
    group: groups.aws,
    parse: addNames("profile"),
  },
  shard: {
    flags: "--shard <I/N>",
    description: "only the I-th of N parts of the functions, for several jobs; divide --rate by N",
    group: groups.functions,
    parse: shardFrom,
  },
  maxChanges: {
    flags: "--max-changes <N>",
    description: "change nothing where the plan has more layer version updates",
    group: groups.rollout,
    parse: (value) => numberFrom(value, { least: 0, whole: true }),
  },
  canary: {
    flags: "--canary <N|N%>",
    description: "update so many functions first, then check, ask or wait; put them back where that fails",
    group: groups.rollout,
    parse: shareFrom,
  },
  batch: {
    flags: "--batch <N|N%>",
    description: "update the others so many at a time, with a check after each batch",
    group: groups.rollout,
    parse: shareFrom,
  },
  check: {
    flags: "--check <COMMAND>",
    description: "run this after the canary and each batch; where it fails, stop and put the run back",
    group: groups.rollout,
  },
  pause: {
    flags: "--pause <SECONDS>",
    description: "wait after the canary and each batch (default: 60 after a canary that nothing checks)",
    group: groups.rollout,
    parse: (value) => numberFrom(value, { least: 0 }),
  },
  onFailure: {
    flags: "--on-failure <WHAT>",
    description: "continue with the other functions (default), stop, or rollback: stop and put the run back",
    group: groups.rollout,
    parse: onFailureFrom,
  },
  skipPreflight: {
    flags: "--skip-preflight",
    description: "do not check permissions and layer versions beforehand",
    group: groups.rollout,
  },
  skipAliases: {
    flags: "--skip-aliases",
    description: "do not look for aliases that serve other layer versions",
    group: groups.what,
  },
  publish: {
    flags: "--publish",
    description: "publish a version of each function that was updated",
    group: groups.what,
  },
  alias: {
    flags: "--alias <NAME>",
    description: "with --publish: and move this alias to it",
    group: groups.what,
  },
  resume: {
    flags: "--resume [FILE]",
    description: "finish the run of this record (default: the stack's newest)",
    group: groups.what,
  },
};

function shareFrom(text: string): Share {
  const share = parseShare(text);
  if (!share) throw new InvalidArgumentError("Write a number of functions, such as 5, or a share, such as 10%.");
  return share;
}

function shardFrom(text: string): Shard {
  const shard = parseShard(text);
  if (!shard) throw new InvalidArgumentError("Write which part of how many: 1/4 to 4/4.");
  return shard;
}

function onFailureFrom(text: string): "continue" | "stop" | "rollback" {
  if (text === "continue" || text === "stop" || text === "rollback") return text;
  throw new InvalidArgumentError("Write continue, stop or rollback.");
}
