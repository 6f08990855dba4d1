import { layerArn } from "../core/arn";
import type { AssessedFunction } from "../core/assess";
import { whyUnsuitable } from "../core/compatibility";
import { type DeclaredLayer, type DeclaredLayers, declaredAt, declareFor } from "../core/config/declared";
import type { When } from "../core/config/when";
import { type ErrorCode, LayersError } from "../core/errors";
import { labelsOf } from "../core/function-arn";
import { createMatcher, type Matcher } from "../core/match";
import { countLayers, listNames } from "../core/text";
import type { AwsPort, Ports } from "../ports";
import { type Assessment, type AssessRequest, readStandings } from "./assess";
import { codeOfUnknown, failedReading, type LiveReading } from "./expectation";
import { askAbout, type DeclaredMatch, findableLayers, type LayerPlace, labelsOfLayers, matchesOf } from "./matches";
import { documentFormat, skippedName } from "./plans";
import type { OddState } from "./recorded/load";
import { exceptionWarnings, labelsOfStandings, warningsOf } from "./report-standings";
import { type UnusedPart, unknownFunctions, unknownStacks, unusedEntries } from "./unused";

/**
 * A finding of a validation. An `error` makes the config wrong; `unknown` could not be read. `code` is the error code
 * that the validation ends with.
 */
export type Finding = { readonly message: string } & (
  | {
      readonly severity: "error";
      readonly code: Extract<
        ErrorCode,
        "config-invalid" | "layer-ambiguous" | "layer-incompatible" | "layer-version-missing"
      >;
    }
  | { readonly severity: "unknown"; readonly code: ErrorCode }
  | { readonly severity: "warning"; readonly code: WarningCode }
);

type WarningCode =
  | "entry-unused"
  | "exception"
  | "function-skipped"
  | "layer-incompatible"
  | "layer-twice"
  | "replaces-nothing"
  | OddState["code"]
  | UnusedPart["code"];

/** How well a config fits a stack: `--json` prints it. */
export interface ValidationReport extends Pick<Assessment, "stack" | "project" | "totals"> {
  readonly format: typeof documentFormat;
  /** Each entry, and the layers that it matches. */
  readonly layers: readonly {
    readonly key: string;
    /** Absent if only its variants have one. */
    readonly version?: number;
    readonly matches: readonly (LayerPlace & {
      readonly functions: number;
      /** The version for these functions, if it differs from the entry's. */
      readonly version?: number;
      /** The condition of the variant that applies to them. */
      readonly when?: When;
    })[];
  }[];
  readonly findings: readonly Finding[];
  /** Whether AWS was asked for the declared versions, or why not. */
  readonly live: LiveReading;
}

/**
 * Checks that a config fits a stack, or live functions: what each entry matches, and, if AWS can be asked, that each
 * declared version exists and suits the functions that have the layer.
 * @throws LayersError what {@link readStandings} throws, but `layer-ambiguous`; problems with the config's layers are
 * in the report
 */
export async function validate(ports: Ports, request: AssessRequest): Promise<ValidationReport> {
  const { stack, config, functions = [], exclude = [] } = request;
  const declared = declareFor(config, stack);
  const { matcher, contested, findings } = collectAmbiguous(declared);
  const assessment = await readStandings(ports, { ...request, declares: { declared, matcher } });
  const { project, totals, recorded } = assessment;
  const matches = matchesOf(assessment.standings);
  const live = await validateInAws(ports, request, declared, matches);
  const layers = declared.layers.map(({ key, version }) => ({
    ...{ key, ...(version !== undefined && { version }) },
    matches: matches
      .filter((match) => match.declared.key === key)
      .map(({ layer, arn, region, account, functions, declared: { version: its, variant } }) => ({
        ...{ layer, arn, region, account, functions: functions.length },
        ...(its !== version && { version: its }),
        ...(variant && { when: variant.when }),
      })),
  }));
  const isUnused = ({ key }: DeclaredLayer) =>
    !matches.some((match) => match.declared.key === key) && !contested.has(key);
  // An entry without a match may be for functions that were not looked at, or for layers that could not be read.
  const isPartial = functions.length + exclude.length > 0 || (recorded === undefined && !assessment.live.read);
  const isHidden = assessment.standings.some(({ layer }) => layer === undefined);
  const nothing = declared.layers.length > 0 && contested.size === 0 ? assessment.unmatched : [];
  const unused = isPartial || isHidden ? [] : declared.layers.filter(isUnused);
  const parts = [
    ...(recorded === undefined || request.stateFile !== undefined ? [] : await unknownStacks(ports, config, stack)),
    ...(isPartial ? [] : await unknownFunctions(ports, config, declared, assessment)),
  ];
  return {
    ...{ format: documentFormat, stack, project, totals, layers },
    findings: [
      ...findings.values(),
      ...nothing.map((message): Finding => ({ severity: "error", code: "config-invalid", message })),
      ...ofFunctions(assessment),
      ...unusedEntries(unused, config, declared, assessment).map((message) => warning("entry-unused", message)),
      ...parts.map(({ code, message }) => warning(code, message)),
      ...assessment.replaceless.map((message) => warning("replaces-nothing", message)),
      ...untargeted(assessment),
      ...exceptionWarnings(assessment.exceptions).map((message) => warning("exception", message)),
      ...declaredUnsuitable(matches, assessment),
      ...live.findings,
    ],
    live: live.reading,
  };
}

/** A matcher that collects double declarations instead of failing at the first one. */
function collectAmbiguous(declared: DeclaredLayers) {
  const find = createMatcher(declared);
  const findings = new Map<string, Finding>();
  const contested = new Set<string>();
  const matcher: Matcher = (layer) => {
    try {
      return find(layer);
    } catch (error) {
      if (!(error instanceof LayersError) || error.code !== "layer-ambiguous") throw error;
      findings.set(layerArn(layer), { severity: "error", code: error.code, message: error.inOneLine() });
      for (const entry of declared.layers)
        if (createMatcher({ ...declared, layers: [entry] })(layer)) contested.add(entry.key);
      return undefined;
    }
  };
  return { matcher, contested, findings };
}

/** Problems with functions, regardless of the config. */
function ofFunctions({ standings, skipped, odd, live, totals }: Assessment): Finding[] {
  const unread = failedReading(live);
  const unreadable = totals.unknown - standings.filter(({ noTarget }) => noTarget !== undefined).length;
  return [
    ...(unread ? [unknown(unread.code, `Live versions are unknown: ${unread.reason}`)] : []),
    ...(unreadable > 0 && !unread
      ? [unknown("not-known", `${countLayers(unreadable)} cannot be read from the state.`)]
      : []),
    ...skipped.map((one) => warning("function-skipped", `Function ${skippedName(one)} is skipped: ${one.reason}.`)),
    ...odd.map(({ code, message }) => warning(code, message)),
    ...warningsOf(standings).map((message) => warning("layer-twice", message)),
  ];
}

/** What the config leaves open: functions for which it gives no version or no layer. */
function untargeted({ standings }: Assessment): Finding[] {
  const label = labelsOfStandings(standings);
  const open = standings.flatMap(({ fn, layer, noTarget }) => (layer && noTarget ? [{ fn, layer, noTarget }] : []));
  const messageOf = ({ layer, noTarget: { why, declared } }: (typeof open)[number]) =>
    `${declaredAt(declared)}: the target of layer ${layer.name} is unknown: ${why}`;
  return [...Map.groupBy(open, messageOf)].map(([message, own]) => ({
    ...{ severity: "error" as const, code: "config-invalid" as const },
    message: `${message} (${listNames([...new Set(own.map(({ fn }) => label(fn)))])}).`,
  }));
}

/** What the config itself says about runtimes and architectures. */
function declaredUnsuitable(matches: readonly DeclaredMatch[], { standings }: Assessment): Finding[] {
  const label = labelsOfStandings(standings);
  return matches.flatMap(({ declared, layer, functions }) => {
    const { compatibleRuntimes = [], compatibleArchitectures = [] } = declared;
    return functions.flatMap((fn) => {
      const reason = whyUnsuitable(fn, { compatibleRuntimes, compatibleArchitectures });
      return reason
        ? [warning("layer-incompatible", `${declaredAt(declared)}: layer ${layer} ${reason} (${label(fn)}).`)]
        : [];
    });
  });
}

/** Looks in each region whether the declared versions exist. A failure in one does not affect the others. */
async function validateInAws(
  ports: Ports,
  { config, stateFile }: AssessRequest,
  declared: DeclaredLayers,
  matches: readonly DeclaredMatch[],
): Promise<{ readonly findings: readonly Finding[]; readonly reading: LiveReading }> {
  const notAsked = (reason: string) => ({ findings: [], reading: { read: false as const, reason } });
  if (stateFile !== undefined) return notAsked("a state file was given");
  if (!config.settings.validateLayerExists) return notAsked("settings.validate_layer_exists is false");
  try {
    const all = await findableLayers(ports, config, declared, matches);
    const labels = { fn: labelsOf(all.flatMap(({ functions }) => functions)), layer: labelsOfLayers(all) };
    const findings = await askAbout(
      ports,
      all,
      (aws, match) => checkVersion(aws, match, labels),
      (error, region) => [notAskable(error, region)],
    );
    return { findings, reading: { read: true } };
  } catch (error) {
    const finding = notAskable(error);
    return { findings: [finding], reading: { read: false, reason: finding.message, code: finding.code } };
  }
}

async function checkVersion(
  aws: AwsPort,
  match: DeclaredMatch,
  labels: { readonly fn: (fn: AssessedFunction) => string; readonly layer: (layer: LayerPlace) => string },
): Promise<Finding[]> {
  const { declared, functions } = match;
  const arn = `${match.arn}:${declared.version}`;
  const facts = await aws.layerVersion(arn);
  if (facts === "missing") {
    const message = `Layer version does not exist: ${arn}, declared at ${declaredAt(declared)}.`;
    return [{ severity: "error", code: "layer-version-missing", message }];
  }
  if (facts === "denied") {
    const message = `Layer version ${arn} cannot be read: AWS denies lambda:GetLayerVersion. AWS gives the same answer for a version of another account that does not exist.`;
    return [unknown("aws-permission", message)];
  }
  return functions.flatMap((fn): Finding[] => {
    const reason = whyUnsuitable(fn, facts);
    const message = `Function ${labels.fn(fn)} cannot use layer ${labels.layer(match)}: it ${reason}.`;
    return reason ? [{ severity: "error", code: "layer-incompatible", message }] : [];
  });
}

function notAskable(error: unknown, region?: string): Finding & { readonly severity: "unknown" } {
  if (!(error instanceof LayersError) || error.code === "interrupted") throw error;
  const where = region === undefined ? "" : ` in ${region}`;
  const message = `Could not check whether the declared versions exist${where}: ${error.message}`;
  return unknown(codeOfUnknown(error.code), message);
}

function unknown(code: ErrorCode, message: string): Finding & { readonly severity: "unknown" } {
  return { severity: "unknown", code, message };
}

function warning(code: WarningCode, message: string): Finding {
  return { severity: "warning", code, message };
}
