import { LayersError } from "../core/errors";

/** An answer with HTTP status 200 that is not what AWS answers: a proxy's page, or half of something. */
export class ForeignAnswer extends Error {
  override readonly name = "ForeignAnswer";
  readonly $metadata = { httpStatusCode: 200 };

  constructor(what: string) {
    super(`it lacks ${what}.`);
  }
}

/** The part of an answer that AWS never leaves out. @throws ForeignAnswer it is not there */
export function required<T>(value: T | null | undefined, what: string): T {
  if (value === undefined || value === null) throw new ForeignAnswer(what);
  return value;
}

/**
 * Asks for page after page.
 * @param ask asks for the page that a marker leads to, and gives the marker of the next one
 * @throws LayersError `aws-failed` if a marker leads back to where it came from
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
