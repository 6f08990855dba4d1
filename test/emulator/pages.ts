import { invalidParameter, validation } from "./errors";

/**
 * One page of `items`, which are sorted by `orderOf`. The marker holds the order of the last item returned, not a
 * count, so that items which come or go between two calls neither hide nor repeat others.
 */
export function page<T>(
  items: Iterable<T>,
  orderOf: (item: T) => number,
  request: { marker?: string; size?: number },
  largest: number,
): { items: T[]; next?: string } {
  const after = request.marker ? readMarker(request.marker) : Number.NEGATIVE_INFINITY;
  const size = Math.min(request.size ?? largest, largest);
  if (!(size >= 1)) throw validation(request.size, "maxItems", "Member must have value greater than or equal to 1");
  const found: T[] = [];
  for (const item of items) {
    if (orderOf(item) <= after) continue;
    const last = found[size - 1];
    if (last !== undefined) return { items: found, next: writeMarker(orderOf(last)) };
    found.push(item);
  }
  return { items: found };
}

const writeMarker = (order: number) => Buffer.from(`after:${order}`).toString("base64url");

function readMarker(marker: string): number {
  const match = /^after:(-?\d+)$/.exec(Buffer.from(marker, "base64url").toString());
  if (!match) throw invalidParameter("The marker provided is not valid.");
  return Number(match[1]);
}
