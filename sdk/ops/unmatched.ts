import { parseLayerVersionArn } from "../core/arn";
import type { Matcher } from "../core/match";
import type { UpdatePlan } from "./plans";
import { hasSecretLayers, isOwned, recordedLayers } from "./state-plan";

// How many layers a warning names.
const mostNamed = 5;

/**
 * What to tell of a config that matches no layer of any function at all, which is a mistyped name or another stack's
 * config more often than it is meant. Nothing where a layer matches, or where one that is a secret may do so.
 * @param config the file, as messages name it
 */
export function unmatchedWarnings({ stack, state, changes, aws }: UpdatePlan, matcher: Matcher, config: string) {
  const functions = state.facts.functions.filter(isOwned);
  const live = (aws?.regions ?? []).flatMap((region) => region.functions);
  const texts = [...functions.flatMap(recordedLayers), ...live.flatMap(({ layers }) => layers)];
  const isMatched = (text: string) => {
    const layer = parseLayerVersionArn(text);
    return layer !== undefined && matcher(layer) !== undefined;
  };
  // A subclass of the updater may match what its config does not.
  const found = changes.length + (aws?.changes.length ?? 0);
  if (found > 0 || texts.some(isMatched) || functions.some(hasSecretLayers)) return [];

  const where = `${state.file ?? `the state of ${stack}`}${aws ? " or in AWS" : ""}`;
  const names = [...new Set(texts.map((text) => parseLayerVersionArn(text)?.name ?? text))];
  if (names.length === 0) return [`${config} matches nothing: no function in ${where} has layers.`];
  const more = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : "";
  return [
    `${config} matches no layer of the functions in ${where}, which have: ${names.slice(0, mostNamed).join(", ")}${more}.`,
  ];
}
