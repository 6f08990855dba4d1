import { layerArn, parseLayerVersionArn } from "../core/arn";
import { type AssessedFunction, isDrifted, lostLayerArn, type Standing, targetArn, totalsOf } from "../core/assess";
import { type DeclaredLayer, type DeclaredVariant, declaredAt } from "../core/config/declared";
import type { When } from "../core/config/when";
import { LayersError } from "../core/errors";
import { architectureOf } from "../core/form";
import type { Match } from "../core/match";
import { layerName } from "../core/moves";
import { patternOf, runtimeInName } from "../core/placeholders";
import type { Ports } from "../ports";
import { type Assessment, type AssessRequest, assessStack } from "./assess";
import { failedReading } from "./expectation";
import { goneFunction } from "./live/read";
import { documentFormat } from "./plans";
import { skippedRecords, updatedInPart } from "./recorded/select";
import { type Repair, repairsOf } from "./repairs";

/** The function to explain, looked up in the state, otherwise in AWS. */
export interface ExplainRequest extends AssessRequest {
  /** The function's name in AWS, its ARN, its URN, or its name in the Pulumi program. */
  readonly function: string;
  /** If the state does not have it, explain no functions, and do not search AWS. */
  readonly ifRecorded?: boolean;
}

interface Move {
  /** Null for a layer that is reattached. */
  readonly from: number | null;
  readonly to: number;
  /** The full ARN of its replacement; absent if it is the same layer. */
  readonly target?: string;
}

/** Why a layer of a function has, or will get, its version. */
export interface ExplainedLayer extends Pick<Standing, "recorded" | "live" | "verdict"> {
  readonly layer: string;
  /** The layer's ARN, without version. */
  readonly arn: string;
  /** The entry that declares it; undefined if none does, and the layer is left alone. */
  readonly entry: ExplainedEntry | undefined;
  /** The target version as a full ARN. */
  readonly target: string | undefined;
  /** What an update would do to the state, and with --sync-aws to the live function. */
  readonly changes: { readonly recorded?: Move; readonly live?: Move };
  /** The commands that fix its drift, one of them enough; empty if there is none. */
  readonly remedies: readonly string[];
}

/** An entry of the config, and how it matched. */
export interface ExplainedEntry
  extends Pick<DeclaredLayer, "key" | "enforce" | "overridden">,
    Pick<Match, "rule" | "isReplaced"> {
  /** The version for this function; absent if there is none, or it cannot be determined. */
  readonly version?: number;
  /** Where the version is declared: `layer_config.yaml:3`. */
  readonly at: string;
  /** The variant that applies to this function; absent if none does. */
  readonly variant?: ExplainedVariant;
  /** Why the target is unknown; absent if it is known. */
  readonly why?: string;
  /**
   * The property of the function, such as `runtime`, whose change made the target another layer; absent if none is
   * known.
   */
  readonly cause?: string;
}

/** A variant of an entry. */
export interface ExplainedVariant extends Partial<Pick<DeclaredLayer, "description">> {
  readonly when: When;
  /** The last day of an exception, if any. */
  readonly until?: string;
  /** Its place: `layer_config.yaml:5`. */
  readonly at: string;
}

/** All about the layers of one function. */
export interface ExplainedFunction extends Pick<AssessedFunction, "region" | "account" | "urn" | "recordedBy"> {
  readonly function: string;
  readonly layers: readonly ExplainedLayer[];
  /** Why an update skips the function; undefined if it does not. */
  readonly skipped: string | undefined;
}

/** All about the functions of one name, several across accounts, regions or stacks; the totals cover these. */
export interface Explanation extends Pick<Assessment, "stack" | "project" | "totals" | "live" | "isStateRead"> {
  readonly format: typeof documentFormat;
  readonly functions: readonly ExplainedFunction[];
}

/**
 * Explains each layer of a function: which entry declares it and why that one, what is recorded and live, and what fixes
 * its drift.
 * @throws LayersError `usage` if neither the state nor AWS has the function; `aws-credentials`, `aws-permission` or
 * `not-known` if the state does not have it and AWS could not be asked; what {@link assessStack} throws
 */
export async function explain(ports: Ports, request: ExplainRequest): Promise<Explanation> {
  const { stack, function: name } = request;
  const functions = [name, ...(request.functions ?? [])];
  const { ifRecorded = false } = request;
  const missing = ifRecorded ? "left out" : "in AWS";
  const assessment = await assessStack(ports, { ...request, functions, missing });
  const found = explainable(assessment);
  const { live, project, isStateRead } = assessment;
  if (found.length === 0 && !ifRecorded) {
    throw new LayersError(
      failedReading(live)?.code ?? "not-known",
      `No function ${name} was found in the state of stack ${stack}${live.read ? " or in AWS." : `, and live functions were not read: ${live.reason}`}`,
    );
  }
  const standings = assessment.standings.filter(({ fn }) => found.includes(fn));
  return {
    ...{ format: documentFormat, stack, project, totals: totalsOf(standings), live, isStateRead },
    functions: found.map((fn) => explainFunction(ports, request, assessment, fn)),
  };
}

/** The functions of an assessment, and those of the state without a standing, such as one pending deletion. */
function explainable({ functions, recorded }: Assessment): AssessedFunction[] {
  if (!recorded) return [...functions];
  const urns = new Set(recorded.functions.map(({ urn }) => urn));
  // An unreadable record stands for unknown functions, so it matches no requested one.
  const known = functions.filter(({ urn = "" }) => urns.has(urn));
  const others = recorded.own.filter((fn) => !urns.has(fn.urn) && !recorded.excluded.has(fn));
  const nothing = { account: undefined, recordedBy: "function" as const, recorded: undefined, live: undefined };
  return [...known, ...others.map(({ name, arn, region, urn }) => ({ name, arn, region, urn, ...nothing }))];
}

function explainFunction(
  ports: Ports,
  request: ExplainRequest,
  { recorded, standings, matcher }: Assessment,
  fn: AssessedFunction,
): ExplainedFunction {
  const { name, region, account, urn, recordedBy } = fn;
  const own = recorded?.own.filter((one) => one.urn === urn) ?? [];
  const reason = recorded && skippedRecords({ ...recorded, own }, updatedInPart(standings))[0]?.reason;
  const layers = standings.flatMap((standing): ExplainedLayer[] => {
    const { layer, live, verdict } = standing;
    if (standing.fn !== fn || !layer) return [];
    const match = matcher(layer);
    return [
      {
        ...{ layer: layer.name, arn: layerArn(layer), recorded: standing.recorded, live, verdict },
        entry: match && entryOf(match, standing),
        target: targetArn(standing),
        changes: changesOf(standing),
        remedies: verdict === "drift" ? remedies(ports, request, standing) : [],
      },
    ];
  });
  const skipped = reason ?? whyGone(fn);
  return { function: name, region, account, urn, recordedBy, layers, skipped };
}

function whyGone({ name, region, recordedBy: kind, isGone, isImage }: AssessedFunction): string | undefined {
  if (isImage) return "in AWS it is deployed as a container image, which cannot have layers";
  return isGone && kind && goneFunction({ name, region, by: { kind } }, []).reason;
}

function entryOf({ rule, declared, isReplaced }: Match, standing: Standing): ExplainedEntry {
  const { target, noTarget } = standing;
  const form = target?.declared ?? declared;
  const variant = target?.declared?.variant ?? noTarget?.variant;
  const cause = causeOf(standing);
  return {
    ...{ key: form.key, rule, enforce: form.enforce, overridden: form.overridden, at: declaredAt(form) },
    ...(form.version !== undefined && noTarget === undefined && { version: form.version }),
    ...(isReplaced && { isReplaced }),
    ...(variant && { variant: explainedVariant(variant) }),
    ...(noTarget && { why: noTarget.why }),
    ...(cause !== undefined && { cause }),
  };
}

function explainedVariant(variant: DeclaredVariant): ExplainedVariant {
  return { ...variantDocument(variant), at: declaredAt(variant) };
}

/** A variant as documents show it. */
export function variantDocument({ when, until, fields: { description } }: DeclaredVariant) {
  return { when, ...(description !== undefined && { description }), ...(until !== undefined && { until }) };
}

/** The property of a function whose change made its entry replace the layer. */
function causeOf({ fn, layer, target }: Standing): string | undefined {
  if (!layer || !target || target.by === undefined) return undefined;
  const comes = layerName(target.by);
  const { runtime } = fn;
  const architecture = architectureOf(fn);
  const has = (name: string, part: string) => patternOf(`*{${part}}*`).test(name);
  const reasons = [
    ...(runtime !== undefined &&
    has(layer.name, "runtime") &&
    comes.includes(runtimeInName(runtime)) &&
    !layer.name.includes(runtimeInName(runtime))
      ? [`runtime ${runtime}`]
      : []),
    ...(architecture !== undefined && isOfOther(layer.name, comes, architecture)
      ? [`architecture ${architecture}`]
      : []),
  ];
  return reasons.length === 0 ? undefined : reasons.join(" and ");
}

/** Whether a layer's name says that it is for the other architecture. */
function isOfOther(name: string, comes: string, architecture: string): boolean {
  const words = architecture === "arm64" ? /x86_64|amd64/i : /arm64|-arm$/i;
  return words.test(name) && !words.test(comes);
}

function changesOf(standing: Standing): ExplainedLayer["changes"] {
  const { fn, target } = standing;
  const move = (place: "recorded" | "live"): Move | undefined => {
    const from = standing[place];
    if (!target || fn.isGone || !isDrifted(standing, place)) return undefined;
    const other = target.by === undefined ? {} : { target: targetArn(standing) };
    return typeof from === "number"
      ? { from, to: target.version, ...other }
      : { from: null, to: parseLayerVersionArn(lostLayerArn(standing) ?? "")?.version ?? target.version };
  };
  const inState = fn.recordedBy === "function" ? move("recorded") : undefined;
  const inAws = move("live");
  return { ...(inState && { recorded: inState }), ...(inAws && { live: inAws }) };
}

function remedies(
  { advise, advisePulumi }: Pick<Ports, "advise" | "advisePulumi">,
  { stack, stateFile, regions = [], function: name, functions = [] }: ExplainRequest,
  standing: Standing,
): string[] {
  const { fn } = standing;
  const ofProgram = advisePulumi(["up", "--stack", stack]);
  const file = stateFile === undefined ? [] : ["--state-file", stateFile];
  const where = regions.length > 0 ? ["--regions", regions.join(",")] : [];
  const named = [name, ...functions].find((one) => one === fn.arn) ?? fn.name;
  const commands: Readonly<Record<Repair, () => string>> = {
    "program and refresh": () => `${ofProgram} --refresh`,
    program: () => ofProgram,
    sync: () => advise(["sync", "--stack", stack, "-f", named, ...where]),
    "update with AWS": () => advise(["--stack", stack, ...file, "--sync-aws"]),
    update: () => advise(["--stack", stack, ...file]),
  };
  return repairsOf(standing).map((repair) => commands[repair]());
}
