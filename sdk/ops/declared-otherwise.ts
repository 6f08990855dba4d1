import { parseLayerVersionArn } from "../core/arn";
import type { DeclaredVariant } from "../core/config/declared";
import { whenText } from "../core/config/when";
import type { TargetFacts } from "../core/form";
import { createMatcher } from "../core/match";
import { assessedLive, factsOf } from "../core/recorded";
import { declaredTargets, isAsDeclared, isTarget } from "../core/target";
import type { DeclaredOtherwise } from "./next-steps";
import type { RollbackPlan } from "./rollback-plan";

/** The entries of the config that do not allow the versions that were rolled back. */
export function declaredOtherwise({
  declared,
  changes,
  aws,
  functions = [],
}: Pick<RollbackPlan, "declared" | "changes" | "aws"> & Partial<Pick<RollbackPlan, "functions">>): DeclaredOtherwise[] {
  if (!declared) return [];
  const targetOf = declaredTargets(createMatcher(declared));
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
