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

/** Which part of its full size a soak test has: `npm run soak -- PART SHARE`. */
export const share: number = Number(process.env.LAMBDA_LAYERS_SHARE || 1);

const tried = new Map<string, number>();

if (soak)
  process.on("exit", () => {
    for (const [what, number] of tried) console.log(`Tried: ${number} ${what}`);
  });

/** Counts what a soak test has tried; it ends with the numbers. */
export function tally(what: string): void {
  tried.set(what, (tried.get(what) ?? 0) + 1);
}

/**
 * Picks how often a property is tried.
 *
 * @param sample in a usual run
 * @param full in a soak test (`npm run test:soak`)
 */
export function counts({ sample, full }: { sample: number; full: number }): Counts {
  return { numRuns: soak ? Math.max(1, Math.ceil(full * share)) : sample, seed };
}

/**
 * As mocha's `it`, for tests of seconds beside which others show the same rule in another place: a usual run, by its
 * seed, has a quarter of them, a soak test all.
 */
export function itSampled(title: string, test: Mocha.AsyncFunc): void {
  const isChosen = soak || createHash("sha1").update(`${seed}${title}`).digest().readUInt32BE() % 4 === 0;
  if (isChosen) it(title, test);
}
