import { type AssessedFunction, isDrifted, type Standing } from "../../core/assess";
import { isOwned, type RecordedFunction, recordedFunctions, whyHidden, whyNotOwned } from "../../core/recorded";
import {
  type FunctionFilter,
  logicalName,
  type NameableFunction,
  selectFunctions,
  unknownFunctions,
  withoutQualifiers,
} from "../../core/selection";
import type { FunctionFacts, StateFacts } from "../../core/state/facts";
import { compareTexts } from "../../core/text";
import { type Skipped, skipping } from "../plans";

/** The selected functions of a state. */
export interface SelectedRecords {
  /** Those with a resource of their own, whether or not they have standings. */
  readonly own: readonly FunctionFacts[];
  /** Those excluded by name. */
  readonly excluded: ReadonlySet<FunctionFacts>;
  /** Those with standings, without the excluded ones. */
  readonly functions: readonly RecordedFunction[];
  /** Names of the filter that match none of the state's functions. */
  readonly unknown: readonly string[];
  /** All names in the state. */
  readonly known: readonly string[];
}

/**
 * The functions of a state that a filter selects.
 * @throws LayersError `usage` for the name of a version or an alias
 */
export function selectRecorded(facts: StateFacts, filter: FunctionFilter): SelectedRecords {
  interface Named extends NameableFunction {
    readonly own?: FunctionFacts;
    readonly recorded?: RecordedFunction;
  }
  const recorded = recordedFunctions(facts);
  const byUrn = new Map(recorded.flatMap((fn) => (fn.by.kind === "function" ? [[fn.urn, fn] as const] : [])));
  const all: Named[] = [
    ...facts.functions.map((own) => ({ ...nameOf(own), own, recorded: isOwned(own) ? byUrn.get(own.urn) : undefined })),
    ...recorded.filter(({ by }) => by.kind === "resource").map((fn) => ({ name: fn.name, arn: fn.arn, recorded: fn })),
  ];
  const { functions, exclude } = withoutQualifiers(filter);
  const wanted = selectFunctions(all, { functions, exclude: [] });
  const left = selectFunctions(all, { functions: [], exclude });
  const meant = new Set(left.functions);
  return {
    own: wanted.functions.flatMap(({ own }) => own ?? []),
    excluded: new Set(all.filter((one) => !meant.has(one)).flatMap(({ own }) => own ?? [])),
    functions: wanted.functions.filter((one) => meant.has(one)).flatMap((one) => one.recorded ?? []),
    unknown: [...wanted.unknown, ...left.unknown],
    known: [...new Set(all.flatMap(({ name, ownUrn }) => [name, ...(ownUrn ? [logicalName(ownUrn)] : [])]))],
  };
}

/** @throws LayersError `usage` for names that match none of the functions */
export function refuseUnknown({ unknown, known }: Pick<SelectedRecords, "unknown" | "known">, where: string): void {
  if (unknown.length > 0) throw unknownFunctions([...new Set(unknown)], where, known);
}

type HiddenReason = NonNullable<ReturnType<typeof whyHidden>>;

/** Why the layers of a function cannot be compared, as the end of a sentence. */
export const hiddenReasons: Readonly<Record<HiddenReason, string>> = {
  secret: "its layers are a secret in the state",
  other: "not all of its layers can be read from the state",
};

/**
 * The selected functions that are skipped because of what the state says of them, and why.
 * @param isUsed whether a function counts although not all of its layers can be read from the state. Default: none does
 */
export function skippedRecords(
  { own, excluded }: SelectedRecords,
  isUsed: (fn: FunctionFacts, hidden: HiddenReason) => boolean = () => false,
): Skipped[] {
  const skipped = skipping(own);
  return own.toSorted(byName).flatMap((fn) => {
    if (excluded.has(fn)) return [];
    const hidden = whyHidden(fn);
    const reason = whyNotOwned(fn) ?? (hidden && !isUsed(fn, hidden) ? hiddenReasons[hidden] : undefined);
    return reason === undefined ? [] : [skipped(fn, reason)];
  });
}

/**
 * Whether an update changes the layers of a function that can be read, although not all can: if one of these is not as
 * declared.
 */
export function updatedInPart(standings: readonly Standing[]) {
  const drifted = new Set(standings.filter((one) => isDrifted(one, "recorded")).map(({ fn }) => fn.urn));
  return ({ urn }: FunctionFacts, hidden = "other"): boolean => hidden === "other" && drifted.has(urn);
}

/** Warnings about those functions. */
export function partWarnings({ own, excluded }: SelectedRecords, standings: readonly Standing[]): string[] {
  const isUpdated = updatedInPart(standings);
  return own.filter((fn) => isOwned(fn) && !excluded.has(fn) && isUpdated(fn)).flatMap(partWarning);
}

/** A stand-in for the functions of each `LayerVersions` resource whose record cannot be read: nothing is known of them. */
export function unreadable({ reconciled }: StateFacts): AssessedFunction[] {
  return reconciled
    .filter(({ functions }) => functions === undefined)
    .map(({ urn, region }) => ({
      ...{ name: logicalName(urn), arn: undefined, region, account: undefined, urn, recordedBy: "resource" as const },
      ...{ recorded: { layers: [], complete: false }, live: undefined },
    }));
}

function nameOf({ name, arn, urn }: FunctionFacts): NameableFunction {
  return { name, arn, ownUrn: urn };
}

/** The warning about a function of which an update changes only a part. */
export function partWarning(fn: FunctionFacts): string[] {
  return whyHidden(fn) === "other"
    ? [`Function ${fn.name}: ${hiddenReasons.other}, so only those that can are updated.`]
    : [];
}

/** The order in which functions are reported: by name, then region. */
export function byName(a: Ordered, b: Ordered): number {
  return compareTexts(a.name, b.name) || compareTexts(a.region ?? "", b.region ?? "");
}

type Ordered = { readonly name: string; readonly region?: string | undefined };
