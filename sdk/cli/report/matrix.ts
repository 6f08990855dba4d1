import { parseLayerVersionArn } from "../../core/arn";
import { declareFor } from "../../core/config/declared";
import type { LayerConfig, Source } from "../../core/config/parse";
import type { LayersError } from "../../core/errors";
import { createMatcher } from "../../core/match";
import type { StatusReport, StatusRow } from "../../ops/plans";

/** A stack whose layers were read. */
export interface ReadStack {
  readonly stack: string;
  readonly status: StatusReport;
  /** Where the version of each declared layer is written, by the layer's ARN. */
  readonly sources: ReadonlyMap<string, Source>;
}

/** A stack that could not be read. */
export interface FailedStack {
  readonly stack: string;
  readonly error: LayersError;
}

/** A stack in a report. */
export type ReportedStack = ReadStack | FailedStack;

/** A layer that functions of a stack have. */
export interface MatrixLayer {
  readonly arn: string;
  readonly name: string;
  /** Account and region, where another layer of the stack has the same name. */
  readonly place: string | undefined;
  /** As written in a report, such as `5` or `≥ 5`; undefined where no entry declares the layer. */
  readonly declared: string | undefined;
  readonly source: Source | undefined;
}

/** A function of a stack. */
export interface MatrixFunction {
  readonly name: string;
  readonly urn: string | undefined;
  readonly drift: boolean;
  /** One for each layer of the matrix; undefined where the function does not have it. */
  readonly cells: readonly (StatusRow | undefined)[];
}

/** Functions by layers. */
export interface Matrix {
  readonly layers: readonly MatrixLayer[];
  readonly functions: readonly MatrixFunction[];
}

/** What a stack's rows come to. A layer that two functions have counts twice. */
export interface Totals {
  readonly functions: number;
  readonly driftedFunctions: number;
  readonly layers: number;
  readonly driftedLayers: number;
  /** Layers that no entry declares. */
  readonly undeclared: number;
}

/** Adds to a status where the config declares each layer. */
export function reportedStack(status: StatusReport, config: LayerConfig): ReadStack {
  const matcher = createMatcher(declareFor(config, status.stack));
  const sources = [...new Set(status.rows.map(({ arn }) => arn))].flatMap((arn) => {
    const layer = parseLayerVersionArn(`${arn}:1`);
    const declared = layer && matcher(layer)?.declared;
    return declared ? [[arn, declared.source] as const] : [];
  });
  return { stack: status.stack, status, sources: new Map(sources) };
}

/** Lays a stack's rows out as functions by layers; layers are in the order of their names. */
export function matrixOf({ status: { rows }, sources }: ReadStack): Matrix {
  const samples = new Map(rows.map((row) => [row.arn, row]));
  const layers = [...samples.values()]
    .sort((a, b) => compare(a.layer, b.layer) || compare(a.arn, b.arn))
    .map((row) => ({
      arn: row.arn,
      name: row.layer,
      place: [...samples.values()].some(({ layer, arn }) => layer === row.layer && arn !== row.arn)
        ? placeOf(row.arn)
        : undefined,
      declared: declaredText(row),
      source: sources.get(row.arn),
    }));
  const functions = [...Map.groupBy(rows, ({ urn, function: name }) => urn ?? name).values()].map((own) => {
    const cells = new Map(own.map((row) => [row.arn, row]));
    return {
      name: own[0]?.function ?? "",
      urn: own[0]?.urn,
      drift: own.some(({ drift }) => drift),
      cells: layers.map(({ arn }) => cells.get(arn)),
    };
  });
  return { layers, functions };
}

export function totalsOf(rows: readonly StatusRow[]): Totals {
  const functionsOf = (some: readonly StatusRow[]) => new Set(some.map((row) => row.urn ?? row.function)).size;
  const drifted = rows.filter(({ drift }) => drift);
  return {
    functions: functionsOf(rows),
    driftedFunctions: functionsOf(drifted),
    layers: rows.length,
    driftedLayers: drifted.length,
    undeclared: rows.filter(({ declared }) => declared === undefined).length,
  };
}

export function sumOf(totals: readonly Totals[]): Totals {
  const sum = (key: keyof Totals) => totals.reduce((total, one) => total + one[key], 0);
  return {
    functions: sum("functions"),
    driftedFunctions: sum("driftedFunctions"),
    layers: sum("layers"),
    driftedLayers: sum("driftedLayers"),
    undeclared: sum("undeclared"),
  };
}

export function isRead(stack: ReportedStack): stack is ReadStack {
  return "status" in stack;
}

export function isFailed(stack: ReportedStack): stack is FailedStack {
  return "error" in stack;
}

/** `5`, or `≥ 5` where newer versions are fine too; undefined where no entry declares the layer. */
export function declaredText({ declared, enforce }: StatusRow): string | undefined {
  return declared === undefined ? undefined : `${enforce === "minimum" ? "≥ " : ""}${declared}`;
}

/** Whether a recorded or live version is what the config asks for. */
export function isAsDeclared(version: number, { declared, enforce }: StatusRow): boolean {
  return declared === undefined || version === declared || (enforce === "minimum" && version > declared);
}

/** A version as a report shows it: `–` where there is none, `?` where nobody knows. */
export function versionText(version: number | undefined, isKnown: boolean): string {
  return version === undefined ? (isKnown ? "–" : "?") : String(version);
}

function placeOf(arn: string): string | undefined {
  const layer = parseLayerVersionArn(`${arn}:1`);
  return layer && `${layer.account} ${layer.region}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
