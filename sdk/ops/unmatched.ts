import { parseLayerVersionArn } from "../core/arn";
import type { LiveFunction } from "../core/live";
import type { Matcher } from "../core/match";
import type { FunctionFacts } from "../core/state/facts";
import type { UpdatePlan } from "./plans";
import { hasSecretLayers, isOwned, recordedLayers } from "./state-plan";

// How many layers a warning names.
const mostNamed = 5;

/** The functions whose layers a config may match. */
export interface MatchedFunctions {
  readonly stack: string;
  /** The state file; undefined for a stack's own state. */
  readonly file: string | undefined;
  readonly recorded: readonly FunctionFacts[];
  /** Undefined where AWS was not asked. */
  readonly live: readonly LiveFunction[] | undefined;
}

/** What to tell of an update whose config matches no layer of any function at all. */
export function unmatchedWarnings({ stack, state, changes, aws }: UpdatePlan, matcher: Matcher, config: string) {
  // A subclass of the updater may match what its config does not.
  if (changes.length + (aws?.changes.length ?? 0) > 0) return [];
  const { file, facts } = state;
  const live = aws?.regions.flatMap((region) => region.functions);
  return warningsOfUnmatched({ stack, file, recorded: facts.functions, live }, matcher, config);
}

/**
 * What to tell of a config that matches no layer of any function at all, which is a mistyped name or another stack's
 * config more often than it is meant. Nothing where a layer matches, or where one that is a secret may do so.
 * @param config the file, as messages name it
 */
export function warningsOfUnmatched(
  { stack, file, recorded, live }: MatchedFunctions,
  matcher: Matcher,
  config: string,
): string[] {
  const functions = recorded.filter(isOwned);
  const texts = [...functions.flatMap(recordedLayers), ...(live ?? []).flatMap(({ layers }) => layers)];
  const isMatched = (text: string) => {
    const layer = parseLayerVersionArn(text);
    return layer !== undefined && matcher(layer) !== undefined;
  };
  if (texts.some(isMatched) || functions.some(hasSecretLayers)) return [];

  const where = `${file ?? `the state of ${stack}`}${live ? " or in AWS" : ""}`;
  const names = [...new Set(texts.map((text) => parseLayerVersionArn(text)?.name ?? text))];
  if (names.length === 0) return [`${config} matches nothing: no function in ${where} has layers.`];
  const more = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : "";
  return [
    `${config} matches no layer of the functions in ${where}, which have: ${names.slice(0, mostNamed).join(", ")}${more}.`,
  ];
}
