import { parseLayerVersionArn } from "../core/arn";
import type { DeclaredVariant } from "../core/config/declared";
import { whenText } from "../core/config/when";
import type { TargetFacts } from "../core/form";
import { assessedLive, factsOf } from "../core/recorded";
import { isAsDeclared, isTarget, type TargetOf } from "../core/target";
import type { LivePlan, LiveResult } from "./live/plans";
import type { DeclaredOtherwise } from "./next-steps";
import type { LiveChange } from "./plans";
import type { RollbackPlan } from "./rollback-plan";

/** Layers that were put back. */
interface PutBack extends Pick<RollbackPlan, "changes">, Partial<Pick<RollbackPlan, "functions">> {
  /** What the config declares; undefined without one. */
  readonly targetOf: TargetOf | undefined;
  readonly aws: Pick<LivePlan, "sites" | "changes"> | undefined;
}

/** The entries of the config that do not allow the versions that were rolled back. */
export function declaredOtherwise({ targetOf, changes, aws, functions = [] }: PutBack): DeclaredOtherwise[] {
  if (!targetOf) return [];
  const facts = new Map<string, TargetFacts>(
    functions.map((fn) => [fn.urn, fn.by.kind === "function" ? factsOf(fn.by.facts) : fn]),
  );
  for (const site of aws?.sites ?? []) for (const fn of site.functions) facts.set(fn.arn, assessedLive(fn));
  const found = [...changes, ...(aws?.changes ?? [])].flatMap((change) => {
    const { function: name, region, target: text } = change;
    const layer = parseLayerVersionArn(text ?? "");
    const fn = facts.get("urn" in change ? change.urn : change.functionArn) ?? { name, region };
    const target = layer && targetOf(layer, fn);
    if (!layer || !isTarget(target) || !target.declared || isAsDeclared(layer.version, target)) return [];
    return [{ entry: target.declared, version: layer.version, isMoved: target.by !== undefined }];
  });
  return [...Map.groupBy(found, ({ entry }) => entry)].map(
    ([{ key, version, source, overridden, variant, variants = [] }, own]) => ({
      ...{ key, version, overridden, at: `${source.file}:${source.line}` },
      ...(variants.some(({ fields }) => fields.version !== undefined) && { variant: numbered(variants, variant) }),
      ...(own.some(({ isMoved }) => isMoved) && { isMoved: true as const }),
      back: [...new Set(own.map((one) => one.version))].sort((a, b) => b - a),
    }),
  );
}

/** The same after a run that was stopped and rolled back: those that it did not reach have their old versions too. */
export function declaredAfterStop(
  { sites, changes }: Pick<LivePlan, "sites" | "changes">,
  { outcomes, rolledBack }: LiveResult,
  targetOf: TargetOf | undefined,
): DeclaredOtherwise[] {
  if (!rolledBack) return [];
  const isBack = new Set(rolledBack.outcomes.flatMap(({ status, arn }) => (status === "updated" ? [arn] : [])));
  const isMoved = new Set(
    outcomes.flatMap(({ status, arn }) => (status === "updated" && !isBack.has(arn) ? [arn] : [])),
  );
  const undone = changes.flatMap(({ from, ...change }): LiveChange[] =>
    from === null || isMoved.has(change.functionArn) ? [] : [{ ...change, from, target: `${change.arn}:${from}` }],
  );
  return declaredOtherwise({ targetOf, changes: [], aws: { sites, changes: undone } });
}

/** The words by which `upgrade` selects the variant that declares a version, or the entry itself. */
function numbered(
  variants: readonly DeclaredVariant[],
  variant: DeclaredVariant | undefined,
): DeclaredOtherwise["variant"] {
  if (variant?.fields.version === undefined) return { when: undefined, number: 0, numberForAll: 0 };
  const { base } = variant.place;
  return {
    when: whenText(variant.when),
    number: variants.indexOf(variant) + 1,
    numberForAll: base === undefined ? undefined : base + 1,
  };
}
