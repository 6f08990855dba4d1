/** A measured figure and what it is compared with. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  /** `x` for a ratio. */
  readonly unit: string;
  /** What the value is a ratio of, or is compared with. */
  readonly comparedWith: string;
  /** The upper limit; undefined if the value is only shown. */
  readonly aim?: number;
  readonly ok: boolean;
}

/** A figure with an upper limit. */
export function figure(name: string, value: number, unit: string, comparedWith: string, aim?: number): Figure {
  return { name, value, unit, comparedWith, aim, ok: aim === undefined || value <= aim };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

/** How many milliseconds some work takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/**
 * How much longer one piece of work takes than another: the median of the ratios of pairs that ran back to back, which
 * a noisy machine distorts least.
 */
export async function ratioOf(
  work: () => Promise<unknown>,
  reference: () => Promise<unknown>,
  pairs: number,
): Promise<number> {
  const ratios: number[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    const [first, second] = pair % 2 === 0 ? [work, reference] : [reference, work];
    const [a, b] = [await timed(first), await timed(second)];
    ratios.push(pair % 2 === 0 ? a / b : b / a);
  }
  return median(ratios);
}
