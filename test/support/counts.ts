import { createHash, randomInt } from "node:crypto";

/** How often a property is tried, and from which seed: give it to fast-check's `assert`. */
export interface Counts {
  numRuns: number;
  seed: number;
}

/** The seed of this run: that of `LAMBDA_LAYERS_SEED`, which `npm test` sets and prints, or one of its own. */
export const seed: number = Number(process.env.LAMBDA_LAYERS_SEED || randomInt(2 ** 31));

if (!process.env.LAMBDA_LAYERS_SEED) console.log(`Set LAMBDA_LAYERS_SEED=${seed} to try the same properties again.`);

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

/**
 * As mocha's `it`, for tests of seconds beside which others show the same rule in another place: a usual run, by its
 * seed, has a quarter of them, a soak test all.
 */
export function itSampled(title: string, test: Mocha.AsyncFunc): void {
  const isChosen = soak || createHash("sha1").update(`${seed}${title}`).digest().readUInt32BE() % 4 === 0;
  if (isChosen) it(title, test);
}
