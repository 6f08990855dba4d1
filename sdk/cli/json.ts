import { layerArn } from "../core/arn";
import { type Standing, targetArn } from "../core/assess";
import type { LayersError } from "../core/errors";
import { visibleJson } from "../core/text";
import type { Assessment } from "../ops/assess";
import { variantDocument } from "../ops/explain";
import { documentFormat } from "../ops/plans";
import type { Output } from "./terminal";

/** Prints the one document that stdout holds with `--json`. */
export function printJson(stdout: Output, document: unknown): void {
  stdout.line(visibleJson(document, 2));
}

/** An error as JSON documents show it. */
export function errorDocument({ code, message, next }: LayersError) {
  return { code, message, ...(next !== undefined && { next }) };
}

/** An assessment as JSON documents show it. `rows`: the standings to show, default: all. */
export function assessmentDocument(
  { stack, project, totals, standings, skipped, live, exceptions }: Assessment,
  rows: readonly Standing[] = standings,
) {
  // Only if the config has any, so that documents of other configs stay unchanged.
  const its = exceptions.length > 0 ? { exceptions } : {};
  return { format: documentFormat, stack, project, totals, rows: rows.map(standingRow), skipped, live, ...its };
}

/**
 * A standing as JSON documents show it. `recorded` and `live`: a version, `absent` or `unknown`; missing if it was not
 * asked for. `declared`, `enforce` and `source` are missing if no entry is about the layer; null is what is not known.
 */
export function standingRow({ fn, layer, target, noTarget, recorded, live, verdict, isLost }: Standing) {
  const variant = target?.declared?.variant ?? noTarget?.variant;
  return {
    function: fn.name,
    urn: fn.urn,
    layer: layer?.name ?? null,
    arn: layer ? layerArn(layer) : null,
    declared: target?.version,
    enforce: target?.enforce,
    recorded,
    live,
    drift: verdict === "drift",
    ...(isLost && { detached: true }),
    verdict,
    target: targetArn({ layer, target }) ?? null,
    region: fn.region ?? null,
    account: fn.account ?? null,
    source: target?.declared?.source,
    ...(variant && { variant: variantDocument(variant) }),
    ...(noTarget && { why: noTarget.why }),
  };
}
