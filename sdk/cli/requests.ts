import { LayersError } from "../core/errors";
import type { RolloutOptions } from "../ops/live/rollout";
import type { Context } from "./context";
import { type OptionValues, rolloutNames } from "./options";

// Requests that several commands build from their options.

/** Which functions, and where. */
export function selectionOf(options: OptionValues) {
  const { function: functions, exclude, allFunctions, tag: tags, regions, profiles } = options;
  return { functions, exclude, allFunctions, tags, regions, profiles };
}

/**
 * How a command carries out its plan.
 * @param question what to ask the user first
 */
export function runOptions<Plan>({ options, ask }: Context, question: (plan: Plan) => string) {
  const { canary, batch, check, pause, onFailure, maxChanges } = options;
  const rollout: RolloutOptions = { canary, batch, check, pause, onFailure, proceed: ask };
  return { ...rollout, maxChanges, confirm: ask && ((plan: Plan) => ask(question(plan))) };
}

/** A contradiction between options: whether it applies, and what is wrong with it. */
export type Contradiction = readonly [isThere: unknown, message: string];

/**
 * Refuses the first contradiction.
 * @param changed what the run has changed so far
 * @throws LayersError `usage`
 */
export function refuse(contradictions: readonly Contradiction[], changed?: string): void {
  const found = contradictions.find(([isThere]) => isThere);
  if (found) throw new LayersError("usage", found[1], { changed });
}

/** One region or profile together with several. */
export function placesTwice({ region, regions, profile, profiles }: OptionValues): Contradiction[] {
  return [
    [region !== undefined && regions, "--region and --regions cannot be combined."],
    [profile !== undefined && profiles, "--profile and --profiles cannot be combined."],
  ];
}

/** Options that say how live functions are moved, without `--sync-aws`. */
export function rolloutOfNone(options: OptionValues): Contradiction {
  return [
    !options.syncAws && rolloutNames.some((name) => options[name] !== undefined),
    options.resume === undefined
      ? "Options for careful updates of live functions need --sync-aws."
      : "--resume finishes a run that updates live functions, so it needs --sync-aws.",
  ];
}
