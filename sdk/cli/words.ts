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

/**
 * The words of the command that shows what there is to change of what a run has looked at.
 * @param where what it has looked at: an update's state, with AWS or without, or AWS as a sync does
 */
export function planWords(options: OptionValues, stack: string, where: "state" | "state and AWS" | "AWS"): string[] {
  const { stateFile, allFunctions, regions, profiles, shard } = options;
  const which = {
    ...{ "-f": options.function, "-e": options.exclude, "--all-functions": allFunctions },
    "--tag": Object.entries(options.tag ?? {}).map(([key, value]) => `${key}=${value}`),
  };
  if (where === "AWS")
    return [
      "sync",
      ...flagWords({
        ...{ "--stack": stack, ...which, "--regions": regions?.join(","), "--profiles": profiles?.join(",") },
        ...{ "--shard": shard && `${shard.index}/${shard.count}`, "--dry-run": true },
      }),
    ];
  // An update takes one region; without any it asks each function's own.
  const [region, ...more] = regions ?? [];
  return flagWords({
    ...{ "--stack": stack, "--state-file": stateFile, ...which, "--sync-aws": where === "state and AWS" },
    ...{ "--region": more.length > 0 ? undefined : region, "--dry-run": true },
  });
}
