import { isAbsolute, join } from "node:path";
import { layerArn } from "../../core/arn";
import { type AssessedFunction, type KnownVersion, type Place, places, type Standing } from "../../core/assess";
import type { Source } from "../../core/config/parse";
import type { LayersError } from "../../core/errors";

import { sharedLayerName, siteLabel } from "../../core/estate";
import { layerName } from "../../core/moves";
import { compareTexts } from "../../core/text";
import type { Assessment } from "../../ops/assess";
import { labelsOfStandings } from "../../ops/report-standings";

/** What a report says about a stack besides its layers. */
interface Located {
  /** Its project's folder, in a report on several projects. */
  readonly folder?: string;
  /** The commands that fix the drift. Default: none known. */
  readonly repairs?: readonly string[];
  /** When drifted layers were last known to be as declared. Default: unknown. */
  readonly lastFine?: ReadonlyMap<Standing, Date>;
  /** The newest versions of layers, by their ARNs without version. Default: unknown. */
  readonly newest?: ReadonlyMap<string, number>;
}

/** A stack that could not be read, or, without a stack, a project whose stacks are unknown. */
export interface FailedStack extends Located {
  readonly stack: string | undefined;
  readonly error: LayersError;
}

/** A stack in a report. */
export type ReportedStack = ReadStack | FailedStack;

/** A stack that was read. */
export type ReadStack = Assessment & Located;

/** A stack's name in a report: `dev`, or `dev of services/billing`. */
export function reportedName({ stack, folder }: ReportedStack): string {
  return siteLabel({ stack, folder });
}

/** A place in a config, relative to the run's folder rather than the project's. */
export function placeIn(folder: string | undefined, place: string): string {
  return folder === undefined || isAbsolute(place) ? place : join(folder, place).replaceAll("\\", "/");
}

/** A layer of a stack's functions. */
export interface MatrixLayer {
  /** Undefined if the layers could not be read at all. */
  readonly arn: string | undefined;
  /** Its name in AWS; `?` if it could not be read. */
  readonly name: string;
  /** Account, region or both, if needed to tell it from another layer of the same name in the stack. */
  readonly place: string | undefined;
  /** As written in a report, such as `5` or `≥ 5`; undefined if no entry is about the layer. */
  readonly declared: string | undefined;
  readonly source: Source | undefined;
  /** The worst verdict among its functions; undefined if all are as declared, or not declared. */
  readonly verdict: OpenVerdict | undefined;
}

/** A verdict that needs action or is unknown. */
export type OpenVerdict = Extract<Standing["verdict"], "drift" | "unknown">;

/** A layer's index among those of all stacks, by the name that they share: see {@link sharedLayerName}. */
export type LayerOrder = (sharedName: string) => number;

/** A function of a stack. */
export interface MatrixFunction {
  /** Its name, with the region or account if another one has the same. */
  readonly label: string;
  readonly fn: AssessedFunction;
  /** The worst verdict among its layers; undefined if all are as declared, or not declared. */
  readonly verdict: OpenVerdict | undefined;
  /** How many of its layers have that verdict. */
  readonly number: number;
  /** One per layer of the matrix; undefined if the function does not have it. */
  readonly cells: readonly (Standing | undefined)[];
}

/** Functions by layers. */
export interface Matrix {
  readonly layers: readonly MatrixLayer[];
  readonly functions: readonly MatrixFunction[];
}

/**
 * Arranges standings as functions by layers: drift first, then unknown, each in the given order.
 * @param order of the layers; what could not be read comes last
 */
export function matrixOf({ standings, stack }: Pick<Assessment, "standings" | "stack">, order: LayerOrder): Matrix {
  const rankOf = (one: Standing) => (one.layer ? order(sharedLayerName(one.layer.name, stack)) : 0);
  const samples = new Map(standings.map((one) => [arnOf(one), one]));
  const byLayer = Map.groupBy(standings, arnOf);
  const names = Map.groupBy(samples.values(), ({ layer }) => layer?.name);
  const layers = [...samples]
    .sort(
      ([a, one], [b, other]) =>
        Number(one.layer === undefined) - Number(other.layer === undefined) ||
        rankOf(one) - rankOf(other) ||
        compare(one.layer?.name, other.layer?.name) ||
        compare(a, b),
    )
    .map(([arn, one]): MatrixLayer => {
      const { layer } = one;
      const own = byLayer.get(arn) ?? [];
      const same = names.get(layer?.name) ?? [];
      const differs = (part: "region" | "account") => new Set(same.map((other) => other.layer?.[part])).size > 1;
      const parts = layer ? (["account", "region"] as const).flatMap((part) => (differs(part) ? layer[part] : [])) : [];
      return {
        ...{ arn, name: layer?.name ?? "?", ...declaredOf(own, one) },
        place: parts.length > 0 ? parts.join(" ") : undefined,
        verdict: worstVerdict(own),
      };
    });
  const label = labelsOfStandings(standings);
  const functions = [...Map.groupBy(standings, ({ fn }) => fn)].map(([fn, own]): MatrixFunction => {
    const cells = new Map(own.map((one) => [arnOf(one), one]));
    const verdict = worstVerdict(own);
    const number = own.filter((one) => one.verdict === verdict).length;
    return { label: label(fn), fn, verdict, number, cells: layers.map(({ arn }) => cells.get(arn)) };
  });
  return { layers, functions: functions.sort((a, b) => weightOf(b.verdict) - weightOf(a.verdict)) };
}

/** The worst verdict of several standings: drift, then unknown; undefined if neither. */
export function worstVerdict(standings: readonly Pick<Standing, "verdict">[]): OpenVerdict | undefined {
  return (["drift", "unknown"] as const).find((some) => standings.some(({ verdict }) => verdict === some));
}

/** Whether a layer needs action or is unknown. */
export function isOpen({ verdict }: Standing): boolean {
  return verdict === "drift" || verdict === "unknown";
}

/** The rank of a verdict, the worst highest. */
export function weightOf(verdict: Standing["verdict"] | undefined): number {
  return verdict === "drift" ? 2 : Number(verdict === "unknown");
}

/** What is declared for a layer over all functions that have it; several values if they differ. */
function declaredOf(all: readonly Standing[], one: Standing) {
  const texts = new Set(all.map((other) => declaredText(other)));
  const declared = [...texts].map((text) => text ?? "–").sort();
  return { declared: texts.size > 1 ? declared.join(", ") : declaredText(one), source: sourceOf(one) };
}

/** Whether a stack was read. */
export function isRead(stack: ReportedStack): stack is ReadStack {
  return "standings" in stack;
}

/** Where the version that a layer must be at is declared. */
export function sourceOf({ target, noTarget }: Pick<Standing, "target" | "noTarget">): Source | undefined {
  return target?.declared?.source ?? noTarget?.declared.source;
}

/**
 * `5`, `≥ 5` if newer versions are allowed, or `base-v3:5` for a replacement layer; undefined without an entry, `?` if
 * it cannot be determined.
 */
export function declaredText(
  { target, noTarget }: Pick<Standing, "target" | "noTarget">,
  minimum = "≥ ",
): string | undefined {
  if (noTarget) return "?";
  if (!target) return undefined;
  const layer = target.by === undefined ? "" : `${layerName(target.by)}:`;
  return `${target.enforce === "minimum" ? minimum : ""}${layer}${target.version}`;
}

/** A version for display: `?` if unknown, nothing if not requested. */
export function versionText(version: KnownVersion | undefined, absent = "–"): string {
  if (version === "unknown") return "?";
  return version === "absent" ? absent : String(version ?? "");
}

/** The places that were read for any of these; views leave out the others. */
export function askedPlaces(all: readonly Pick<Standing, Place>[]): Place[] {
  return places.filter((place) => all.some((one) => one[place] !== undefined));
}

function arnOf({ layer }: Standing): string | undefined {
  return layer && layerArn(layer);
}

function compare(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return compareTexts(a, b);
}
