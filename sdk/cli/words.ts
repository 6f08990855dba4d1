import type { OptionValues } from "./options";

/**
 * Flags as words of a command line: with a value, repeated for several values, or alone for a switch. Undefined and
 * false flags are left out.
 */
export function flagWords(flags: Readonly<Record<string, string | readonly string[] | boolean | undefined>>): string[] {
  return Object.entries(flags).flatMap(([flag, value = []]) => {
    if (typeof value === "boolean") return value ? [flag] : [];
    return [value].flat().flatMap((one) => [flag, one]);
  });
}

/** What a run has looked at: state (and AWS), as an update does, or AWS alone, as a sync does. */
export type LookedAt = "state" | "state and AWS" | "AWS";

/** The command that shows what would change in what a run has looked at. */
export function planWords(options: OptionValues, stack: string, where: LookedAt): string[] {
  return [...runWords(options, stack, where), "--dry-run"];
}

/** The command that changes what a run has looked at. */
export function runWords(options: OptionValues, stack: string, where: LookedAt): string[] {
  const { stateFile, regions, shard } = options;
  if (where === "AWS") {
    const part = flagWords({ "--shard": shard && `${shard.index}/${shard.count}` });
    return ["sync", "--stack", stack, ...selectionWords(options), ...part];
  }
  const which = functionFlags(options);
  // An update takes one region; by default each function's own is used.
  const [region, ...more] = regions ?? [];
  return flagWords({
    ...{ "--stack": stack, "--state-file": stateFile, ...which, "--sync-aws": where === "state and AWS" },
    "--region": more.length > 0 ? undefined : region,
  });
}

/** The words that select functions and where they are. */
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
