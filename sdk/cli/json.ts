import type { LayersError } from "../core/errors";
import type { Output } from "./terminal";

/** Prints the one document that stdout holds with `--json`. */
export function printJson(stdout: Output, document: unknown): void {
  stdout.line(JSON.stringify(document, undefined, 2));
}

/** An error as documents hold it. */
export function errorDocument({ code, message, next }: LayersError) {
  return { code, message, ...(next !== undefined && { next }) };
}
