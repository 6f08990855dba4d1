import type { Standing } from "../../core/assess";
import { sharedLayerName } from "../../core/estate";
import {
  askedPlaces,
  declaredText,
  isRead,
  type LayerOrder,
  type OpenVerdict,
  type ReportedStack,
  versionText,
  weightOf,
  worstVerdict,
} from "./matrix";
import { verdictOf } from "./verdict";

// `layer-2` comes before `layer-10`.
const byName = new Intl.Collator("en", { numeric: true });

/** A number of functions that have a layer at the same versions. */
export interface VersionCount {
  /** `5`, or `recorded 4, live 5` if they differ. */
  readonly versions: string;
  readonly functions: number;
  readonly verdict: Standing["verdict"];
}

/** The status of one layer in one stack, or in several together, over all functions that have it. */
export interface LayerSum {
  /** As written in a report; several, if it differs from one function to another. Empty if no entry is about the layer. */
  readonly declared: readonly string[];
  /** Drift first, then unknown, each with the most functions first. */
  readonly counts: readonly VersionCount[];
  readonly verdict: OpenVerdict | undefined;
}

/** A layer over all stacks. */
export interface OverviewLayer {
  /** The name that stacks share: `receipt-dynamo-{stack}`. */
  readonly key: string;
  /** The same, or the layer's own name if there is only one stack. */
  readonly name: string;
  readonly all: LayerSum;
  /** By the stacks' indexes; undefined if a stack does not have it, or could not be read. */
  readonly stacks: readonly (LayerSum | undefined)[];
}

/** Stacks in order of urgency: most drift first, then unknown, then the others. */
export function worstFirst(stacks: readonly ReportedStack[]): ReportedStack[] {
  const rank = (one: ReportedStack) => {
    if (isRead(one) && one.totals.drift > 0) return 1 + one.totals.drift;
    return Number(!isRead(one) || verdictOf(one).sign === "?");
  };
  return stacks.toSorted((a, b) => rank(b) - rank(a));
}

/** The layers of all stacks: those that have drifted somewhere first, each in the order of their names. */
export function overviewOf(stacks: readonly ReportedStack[]): OverviewLayer[] {
  const found = new Map<string, (Standing[] | undefined)[]>();
  for (const [index, reported] of stacks.entries()) {
    if (!isRead(reported)) continue;
    for (const standing of reported.standings) {
      if (standing.layer === undefined) continue;
      const key = sharedLayerName(standing.layer.name, reported.stack);
      const own = found.get(key) ?? [];
      found.set(key, own);
      own[index] ??= [];
      own[index].push(standing);
    }
  }
  return [...found]
    .map(([key, own]) => {
      const all = own.flatMap((one) => one ?? []);
      return {
        key,
        name: stacks.length === 1 ? (all[0]?.layer?.name ?? key) : key,
        all: sumOf(all),
        stacks: stacks.map((_, index) => own[index] && sumOf(own[index])),
      };
    })
    .sort((a, b) => weightOf(b.all.verdict) - weightOf(a.all.verdict) || byName.compare(a.name, b.name));
}

/** The order of layers in each stack's matrix: that of the overview. */
export function orderOf(overview: readonly OverviewLayer[]): LayerOrder {
  const ranks = new Map(overview.map(({ key }, index) => [key, index]));
  return (key) => ranks.get(key) ?? overview.length;
}

function sumOf(standings: readonly Standing[]): LayerSum {
  const byVersions = Map.groupBy(standings, (one) => `${one.verdict} ${versionsOf(one)}`);
  const counts = [...byVersions.values()].flatMap(([first, ...others]): VersionCount[] =>
    first ? [{ versions: versionsOf(first), functions: 1 + others.length, verdict: first.verdict }] : [],
  );
  return {
    declared: [...new Set(standings.flatMap((one) => declaredText(one) ?? []))].sort(),
    counts: counts.sort((a, b) => weightOf(b.verdict) - weightOf(a.verdict) || b.functions - a.functions),
    verdict: worstVerdict(standings),
  };
}

/** `5` if all places that were read agree, otherwise `recorded 4, live 5`. */
function versionsOf(standing: Standing): string {
  const places = askedPlaces([standing]);
  const texts = places.map((place) => versionText(standing[place]));
  if (new Set(texts).size === 1) return texts[0] ?? "";
  return places.map((place, index) => `${place} ${texts[index]}`).join(", ");
}
