import type { OptionValues } from "./options";

/**
 * Flags as words of a command line: each with its value, with each of several values, or alone if it is a switch. A flag
 * that is undefined or false is left out.
 */
export function flagWords(flags: Readonly<Record<string, string | readonly string[] | boolean | undefined>>): string[] {
  return Object.entries(flags).flatMap(([flag, value = []]) => {
    if (typeof value === "boolean") return value ? [flag] : [];
    return [value].flat().flatMap((one) => [flag, one]);
  });
}

/** What a run has looked at: an update's state, with AWS or without, or AWS as a sync does. */
export type LookedAt = "state" | "state and AWS" | "AWS";

/** The words of the command that shows what there is to change of what a run has looked at. */
export function planWords(options: OptionValues, stack: string, where: LookedAt): string[] {
  return [...runWords(options, stack, where), "--dry-run"];
}

/** The words of the command that changes what a run has looked at. */
export function runWords(options: OptionValues, stack: string, where: LookedAt): string[] {
  const { stateFile, regions, shard } = options;
  if (where === "AWS") {
    const part = flagWords({ "--shard": shard && `${shard.index}/${shard.count}` });
    return ["sync", "--stack", stack, ...selectionWords(options), ...part];
  }
  const which = functionFlags(options);
  // An update takes one region; without any it asks each function's own.
  const [region, ...more] = regions ?? [];
  return flagWords({
    ...{ "--stack": stack, "--state-file": stateFile, ...which, "--sync-aws": where === "state and AWS" },
    "--region": more.length > 0 ? undefined : region,
  });
}

/** The words that say which functions are meant, and where. */
export function selectionWords(options: OptionValues): string[] {
  const { regions, profiles } = options;
  return flagWords({
    ...functionFlags(options),
    ...{ "--regions": regions?.join(","), "--profiles": profiles?.join(",") },
  });
}

function functionFlags(options: OptionValues) {
  return {
    ...{ "-f": options.function, "-e": options.exclude, "--all-functions": options.allFunctions },
    "--tag": Object.entries(options.tag ?? {}).map(([key, value]) => `${key}=${value}`),
  };
}
