import { invalidParameter, validation } from "./errors";

/**
 * One page of `items`, which are sorted by `orderOf`. The marker contains the order of the last item returned, not a
 * count, so that items that come or go between two calls neither hide nor repeat others.
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

/**
 * How pages go wrong: `endless`: each leads to a page that was there before; `twice`: each repeats its first item;
 * `lacking`: each lacks its last item, as in lists that shift while they are read.
 */
export type PageFault = "endless" | "twice" | "lacking";

/** The body of a listing's answer with this defect. @throws Error if it is not a listing */
export function spoiledPage(body: string, fault: PageFault, input: Record<string, unknown>): string {
  const answer: Record<string, unknown> = JSON.parse(body);
  const [key, items] = Object.entries(answer).find(([, value]) => Array.isArray(value)) ?? [];
  if (key === undefined || !Array.isArray(items))
    throw new Error("The fault is for pages, but this answer is not a listing.");
  if (fault === "twice") return JSON.stringify({ ...answer, [key]: [...items, ...items.slice(0, 1)] });
  if (fault === "lacking") return JSON.stringify({ ...answer, [key]: items.slice(0, -1) });
  const marker = "PaginationToken" in answer ? "PaginationToken" : "NextMarker";
  const asked = input.Marker ?? input.PaginationToken;
  return JSON.stringify({ ...answer, [marker]: asked || answer[marker] || writeMarker(-1) });
}
