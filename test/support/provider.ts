import assert from "node:assert/strict";
import type { Request } from "../../provider/resource/record";
import { declareFor } from "../../sdk/core/config/declared";
import { parseConfig } from "../../sdk/core/config/parse";

/**
 * The `request` that the program's side sends to the provider's handlers, for stack dev with nothing pinned.
 * @param text of the config
 */
export function requestOf(text: string, more: Partial<Request> & Pick<Request, "selection">): Request {
  const parsed = parseConfig(text, "layer_config.yaml");
  assert.ok(parsed.ok);
  return {
    ...{ dryRun: true, declared: declareFor(parsed.config, "dev"), validateLayerExists: true },
    ...{ pinned: { names: [], autoNamed: [] }, pinnedBehindNames: [], ...more },
  };
}

/** Runs something; returns its result and the lines that it printed with `console.log`. */
export async function printedBy<T>(work: () => T | Promise<T>): Promise<{ result: T; lines: string[] }> {
  const lines: string[] = [];
  const { log } = console;
  console.log = (line) => lines.push(String(line));
  try {
    return { result: await work(), lines };
  } finally {
    console.log = log;
  }
}
