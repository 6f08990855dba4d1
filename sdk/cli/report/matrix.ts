import { isAbsolute, join } from "node:path";
import { layerArn } from "../../core/arn";
import { type AssessedFunction, type KnownVersion, type Place, places, type Standing } from "../../core/assess";
import type { Source } from "../../core/config/parse";
import type { LayersError } from "../../core/errors";

import { sharedLayerName, siteLabel } from "../../core/estate";
import { layerName } from "../../core/moves";

import type { Assessment } from "../../ops/assess";
import { labelsOfStandings } from "../../ops/report-changes";

/** What a report says of a stack beside how its layers stand. */
interface Located {
  /** In which project's folder it is, in a report on several projects. */
  readonly folder?: string;
  /** The commands that bring what has drifted back to what is declared. Default: none is known. */
  readonly repairs?: readonly string[];
  /** When drifted layers were last known to be as declared. Default: of none it is known. */
  readonly lastFine?: ReadonlyMap<Standing, Date>;
  /** The newest versions of layers, by their ARNs without version. Default: none is known. */
  readonly newest?: ReadonlyMap<string, number>;
}

/** A stack that could not be read, or without one a project whose stacks are not known. */
export interface FailedStack extends Located {
  readonly stack: string | undefined;
  readonly error: LayersError;
}

/** A stack in a report. */
export type ReportedStack = (Assessment & Located) | FailedStack;

/** What a report calls a stack: `dev`, or `dev of services/billing`. */
export function reportedName({ stack, folder }: ReportedStack): string {
  return siteLabel({ stack, folder });
}

/** A place in a config as the reader of a report over projects sees it: from the run's folder, not from the project's. */
export function placeIn(folder: string | undefined, place: string): string {
  return folder === undefined || isAbsolute(place) ? place : join(folder, place).replaceAll("\\", "/");
}

/** A layer that functions of a stack have. */
export interface MatrixLayer {
  /** Undefined for layers that could not be read at all. */
  readonly arn: string | undefined;
  /** Its name in AWS; `?` if it could not be read. */
  readonly name: string;
  /** Account or region or both, if that tells it from another layer of the stack that has the same name. */
  readonly place: string | undefined;
  /** As written in a report, such as `5` or `≥ 5`; undefined if no entry is about the layer. */
  readonly declared: string | undefined;
  readonly source: Source | undefined;
  /** The verdict that counts most among its functions; undefined if all are as declared, or not declared. */
  readonly verdict: OpenVerdict | undefined;
}

/** A verdict that leaves something to do, or to find out. */
export type OpenVerdict = Extract<Standing["verdict"], "drift" | "unknown">;

/** The place of a layer among those of all stacks, by the name that these share: see {@link sharedLayerName}. */
export type LayerOrder = (sharedName: string) => number;

/** What a matrix is made of. */
export type MatrixSource = Pick<Assessment, "standings" | "stack">;

/** A function of a stack. */
export interface MatrixFunction {
  /** Its name, with the region or account if another one has the same. */
  readonly label: string;
  readonly fn: AssessedFunction;
  /** The verdict that counts most among its layers; undefined if all are as declared, or not declared. */
  readonly verdict: OpenVerdict | undefined;
  /** How many of its layers have that verdict. */
  readonly number: number;
  /** One for each layer of the matrix; undefined if the function does not have it. */
  readonly cells: readonly (Standing | undefined)[];
}

/** Functions by layers. */
export interface Matrix {
  readonly layers: readonly MatrixLayer[];
  readonly functions: readonly MatrixFunction[];
}

/**
 * Lays standings out as functions by layers: what has drifted first, then what is not known, each in the given order.
 * @param order of the layers. Default: by their names; what could not be read comes last
 */
export function matrixOf({ standings, stack }: MatrixSource, order: LayerOrder = () => 0): Matrix {
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

/** What of several standings needs to be looked at: drift counts most, then what is not known; undefined if nothing does. */
export function worstVerdict(standings: readonly Pick<Standing, "verdict">[]): OpenVerdict | undefined {
  return (["drift", "unknown"] as const).find((some) => standings.some(({ verdict }) => verdict === some));
}

/** How much a verdict counts: the worst most. */
export function weightOf(verdict: OpenVerdict | undefined): number {
  return verdict === "drift" ? 2 : Number(verdict === "unknown");
}

/** What is declared for a layer in all functions that have it: several, if it differs from one to another. */
function declaredOf(all: readonly Standing[], one: Standing) {
  const texts = new Set(all.map((other) => declaredText(other)));
  const declared = [...texts].map((text) => text ?? "–").sort();
  return { declared: texts.size > 1 ? declared.join(", ") : declaredText(one), source: sourceOf(one) };
}

/** Whether a stack was read. */
export function isRead(stack: ReportedStack): stack is Assessment & Located {
  return "standings" in stack;
}

/** Where the version that a layer must be at is declared. */
export function sourceOf({ target, noTarget }: Pick<Standing, "target" | "noTarget">): Source | undefined {
  return target?.declared?.source ?? noTarget?.declared.source;
}

/**
 * `5`, `≥ 5` if newer versions are fine too, or `base-v3:5` if that layer is to come; undefined if no entry is about the
 * layer, `?` if what it says cannot be determined.
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

/** A version as people see it: `?` if it is not known, nothing if it was not asked for. */
export function versionText(version: KnownVersion | undefined, absent = "–"): string {
  if (version === "unknown") return "?";
  return version === "absent" ? absent : String(version ?? "");
}

/** The places that were asked of any of these: views leave out the others. */
export function askedPlaces(all: readonly Pick<Standing, Place>[]): Place[] {
  return places.filter((place) => all.some((one) => one[place] !== undefined));
}

function arnOf({ layer }: Standing): string | undefined {
  return layer && layerArn(layer);
}

function compare(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return a < b ? -1 : Number(a > b);
}
