import { type ErrorCode, LayersError, unchanged } from "../../core/errors";
import type { LiveFunction } from "../../core/live";
import type { AwsPort, PermissionReport, Ports, TargetProblem } from "../../ports";

/** Functions of one account and region, each with its target layers. */
export type Targets = readonly { readonly function: LiveFunction; readonly layers: readonly string[] }[];

/** What to check. */
export interface PreflightOptions {
  /** Whether to ask AWS if layer versions exist, and what they suit. */
  readonly existence: boolean;
  /** The ARNs of functions to publish, and the alias to move. */
  readonly publish?: { readonly functions: readonly string[]; readonly alias?: string };
}

/** What was found in one account and region. */
export interface Inspection extends PermissionReport {
  readonly problems: readonly TargetProblem[];
}

const refusalsShown = 5;

/**
 * Checks, without changing anything, for whatever would make updates fail: functions that cannot have these layers,
 * layer versions that do not exist or do not suit, and missing permissions. One request per distinct layer version.
 */
export async function inspect(
  ports: Ports,
  aws: AwsPort,
  targets: Targets,
  { existence, publish }: PreflightOptions,
): Promise<Inspection> {
  const [problems, permissions] = await Promise.all([
    ports.aws.checkTargets(aws, targets, { existence }),
    aws.checkPermissions(neededPermissions(targets, publish)),
  ]);
  return { problems, ...permissions };
}

/**
 * Ends a run before its first change if an inspection has found a reason to.
 * @returns what could not be checked, as warnings
 * @throws LayersError `layer-version-missing`, `layer-incompatible`, `aws-permission`
 */
export function refuseUnfit(inspections: readonly Inspection[]): string[] {
  const problems = inspections.flatMap((one) => one.problems);
  if (problems.length > 0) throw unreachable(problems);
  const refusals = inspections.flatMap((one) => one.refused);
  if (refusals.length > 0) throw refused(refusals);
  const reasons = new Set(inspections.flatMap(({ unchecked }) => unchecked ?? []));
  return [...reasons].map((reason) => `Permissions were not checked in advance. ${reason}`);
}

function neededPermissions(targets: Targets, publish: PreflightOptions["publish"]) {
  const moved = targets.map(({ function: fn }) => fn.arn);
  const published = publish?.functions ?? [];
  const ofAlias = publish?.alias === undefined ? [] : published;
  return [
    { action: "lambda:UpdateFunctionConfiguration", resources: moved },
    { action: "lambda:GetFunction", resources: [...moved, ...published] },
    { action: "lambda:PublishVersion", resources: published },
    { action: "lambda:GetAlias", resources: ofAlias },
    { action: "lambda:UpdateAlias", resources: ofAlias },
    // An update needs it for each layer of the new list, including those already attached.
    { action: "lambda:GetLayerVersion", resources: targets.flatMap(({ layers }) => layers) },
  ];
}

function refused(refusals: PermissionReport["refused"]): LayersError {
  const shown = refusals.slice(0, refusalsShown).map(({ action, resource }) => `${action} on ${resource} is denied.`);
  const more = refusals.length > shown.length ? [`  and ${refusals.length - shown.length} more`] : [];
  const lines = shown.map((line) => `AWS permission missing: ${line}`);
  return new LayersError("aws-permission", [...lines, ...more], {
    changed: unchanged,
    next: "Allow these actions in the caller's IAM policy. If IAM's policy simulator is wrong about this, skip the check with --skip-preflight.",
  });
}

const problemCodes: Readonly<Record<string, ErrorCode>> = {
  "layer-version-missing": "layer-version-missing",
  "layer-unreadable": "aws-permission",
};

function unreachable(problems: readonly TargetProblem[]): LayersError {
  const code = problemCodes[problems[0]?.code ?? ""] ?? "layer-incompatible";
  const messages = problems.map(({ message }) => message);
  return new LayersError(code, messages, { changed: unchanged, next: nextOf(code) });
}

function nextOf(code: ErrorCode): string {
  if (code === "layer-version-missing")
    return "Verify that the target version exists in AWS: it may not be published yet, or it may have been deleted.";
  if (code === "aws-permission")
    return "Check the version, allow lambda:GetLayerVersion on it in the caller's IAM policy, and ask an owner in another account to share it.";
  return "Declare what suits these functions (for single ones, with a variant), or leave them out with --exclude.";
}
