import { randomInt } from "node:crypto";

/** How often a property is tried, and from which seed: give it to fast-check's `assert`. */
export interface Counts {
  numRuns: number;
  seed: number;
}

/** The seed of this run: `LAMBDA_LAYERS_SEED` where it is set, so that a run can be repeated. */
export const seed: number = Number(process.env.LAMBDA_LAYERS_SEED || randomInt(2 ** 31));

console.log(`Seed of the properties: ${seed} (LAMBDA_LAYERS_SEED repeats a run)`);

/** Whether this is the soak test: everything in full. */
export const soak: boolean = process.env.LAMBDA_LAYERS_SOAK === "1";

/**
 * Picks how often a property is tried.
 *
 * @param sample in a usual run
 * @param full in a soak test (`npm run test:soak`)
 */
export function counts({ sample, full }: { sample: number; full: number }): Counts {
  return { numRuns: soak ? full : sample, seed };
}
