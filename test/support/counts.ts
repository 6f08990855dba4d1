import { createHash, randomInt } from "node:crypto";

/** How often a property is tried, and from which seed: pass it to fast-check's `assert`. */
export interface Counts {
  numRuns: number;
  seed: number;
}

/** The seed of this run: `LAMBDA_LAYERS_SEED`, which `npm test` sets and prints, or a random one. */
export const seed: number = Number(process.env.LAMBDA_LAYERS_SEED || randomInt(2 ** 31));

if (!process.env.LAMBDA_LAYERS_SEED) console.log(`Set LAMBDA_LAYERS_SEED=${seed} to try the same properties again.`);

/** Whether this is the soak test: everything in full. */
export const soak: boolean = process.env.LAMBDA_LAYERS_SOAK === "1";

/** The share of its full size that a soak test tries: `npm run soak -- PART SHARE`. */
export const share: number = Number(process.env.LAMBDA_LAYERS_SHARE || 1);

const tried = new Map<string, number>();

if (soak)
  process.on("exit", () => {
    for (const [what, number] of tried) console.log(`Tried: ${number} ${what}`);
  });

/** Counts what a soak test has tried; it prints the numbers at the end. */
export function tally(what: string): void {
  tried.set(what, (tried.get(what) ?? 0) + 1);
}

/**
 * Returns how often a property is tried.
 *
 * @param sample in a usual run
 * @param full in a soak test (`npm run test:soak`)
 */
export function counts({ sample, full }: { sample: number; full: number }): Counts {
  return { numRuns: soak ? Math.max(1, Math.ceil(full * share)) : sample, seed };
}

/**
 * Like mocha's `it`, for tests that take seconds and of which others show the same rule: a usual run has a quarter of
 * them, chosen by its seed, a soak test all.
 */
export function itSampled(title: string, test: Mocha.AsyncFunc): void {
  const isChosen = soak || createHash("sha1").update(`${seed}${title}`).digest().readUInt32BE() % 4 === 0;
  if (isChosen) it(title, test);
}
