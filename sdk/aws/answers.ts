import { LayersError } from "../core/errors";

/** A response with HTTP status 200 that did not come from AWS, such as a proxy's page, or that is incomplete. */
export class ForeignAnswer extends Error {
  override readonly name = "ForeignAnswer";
  readonly $metadata = { httpStatusCode: 200 };

  constructor(what: string) {
    super(`it lacks ${what}.`);
  }
}

/** The part of a response that AWS always includes. @throws ForeignAnswer if it is missing */
export function required<T>(value: T | null | undefined, what: string): T {
  if (value === undefined || value === null) throw new ForeignAnswer(what);
  return value;
}

/**
 * Requests page after page.
 * @param ask requests the page at a marker and returns the marker of the next one
 * @throws LayersError `aws-failed` if a marker repeats
 */
export async function eachPage(
  what: string,
  ask: (marker: string | undefined) => Promise<string | undefined>,
): Promise<void> {
  const seen = new Set<string>();
  let marker: string | undefined;
  do {
    marker = (await ask(marker)) || undefined;
    if (marker !== undefined && seen.has(marker))
      throw new LayersError("aws-failed", `${what} returned the same page marker twice, so its list would never end.`, {
        next: "Run again. If it happens again, something between this machine and AWS is changing the responses.",
      });
    if (marker !== undefined) seen.add(marker);
  } while (marker !== undefined);
}
