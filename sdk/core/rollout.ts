/** A number of functions, or a share of all of them in percent. */
export type Share = { readonly count: number } | { readonly percent: number };

/** The portions in which a fleet is updated. */
export interface Portions {
  /** How many functions are updated first, on their own. Default: none. */
  readonly canary?: Share;
  /** How many of the others are updated at a time. Default: all at once. */
  readonly batch?: Share;
}

/** A portion of a fleet. */
export interface Portion<T> {
  readonly kind: "canary" | "batch";
  readonly items: readonly T[];
}

/** Parses `5` or `10%`; undefined for anything else, 0 included. */
export function parseShare(text: string): Share | undefined {
  const [, digits, sign] = /^(\d{1,7}(?:\.\d{1,3})?)(%?)$/.exec(text.trim()) ?? [];
  const value = Number(digits);
  if (!(value > 0)) return undefined;
  if (sign) return value <= 100 ? { percent: value } : undefined;
  return Number.isInteger(value) ? { count: value } : undefined;
}

/** The text that {@link parseShare} takes. */
export function shareText(share: Share): string {
  return "count" in share ? String(share.count) : `${share.percent}%`;
}

/** Divides a fleet, in order. A share is rounded up to whole functions, at least one. */
export function divide<T>(items: readonly T[], { canary, batch }: Portions): Portion<T>[] {
  const portions: Portion<T>[] = [];
  let begun = 0;
  const take = (kind: Portion<T>["kind"], size: number) => {
    portions.push({ kind, items: items.slice(begun, begun + size) });
    begun += size;
  };
  if (canary && items.length > 0) take("canary", sizeOf(canary, items.length));
  const size = batch ? sizeOf(batch, items.length) : items.length;
  while (begun < items.length) take("batch", size);
  return portions;
}

/** The first of each list, then the second of each, and so on: so that all of them always have work. */
export function interleave<T>(lists: readonly (readonly T[])[]): T[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, index) => lists.flatMap((list) => list.slice(index, index + 1))).flat();
}

function sizeOf(share: Share, total: number): number {
  if ("count" in share) return share.count;
  // In whole thousandths to avoid rounding errors: 82.4 % of 375 is 309, but comes out slightly higher in floating
  // point.
  return Math.max(1, Math.ceil(Math.round(total * share.percent * 1000) / 100_000));
}
