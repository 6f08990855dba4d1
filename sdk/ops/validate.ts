import { layerArn, parseLayerVersionArn } from "../core/arn";
import { whyUnsuitable } from "../core/compatibility";
import { type DeclaredLayer, type DeclaredLayers, declareFor } from "../core/config/declared";
import type { LayerConfig } from "../core/config/parse";
import { LayersError } from "../core/errors";
import { createMatcher } from "../core/match";
import type { FunctionFacts } from "../core/state/facts";
import { scanState } from "../core/state/scan";
import { withSession } from "./fleet/sites";
import type { Finding, ValidationReport } from "./plans";
import type { Ports } from "./ports";
import { loadState } from "./state";
import { byName, invalidLayers, isOwned, recordedLayers } from "./state-plan";

/** What is validated. */
export interface ValidateRequest {
  readonly stack: string;
  readonly config: LayerConfig;
  /** An exported state instead of the stack's own; AWS is not asked then. */
  readonly stateFile?: string;
}

/** A layer that an entry declares, and the functions that have it. */
export interface DeclaredMatch {
  readonly declared: DeclaredLayer;
  /** Without version. */
  readonly arn: string;
  readonly layer: string;
  readonly functions: FunctionFacts[];
}

/**
 * Checks that a config fits a stack: what each entry matches in the state, and, where AWS can be asked, that each declared
 * version exists and suits the functions that have the layer.
 * @throws LayersError what the stack and file ports throw; whatever is wrong with the config's layers is in the report
 */
export async function validate(ports: Ports, request: ValidateRequest): Promise<ValidationReport> {
  const { stack, config, stateFile } = request;
  const { resourceTypes } = config.settings;
  const declared = declareFor(config, stack);
  const { facts } = await loadState(ports, {
    stack,
    file: stateFile,
    scan: (bytes) => scanState(bytes, { resourceTypes }),
  });
  const functions = facts.functions.filter(isOwned).toSorted(byName);
  const { matches, findings, contested } = findMatches(functions, declared);
  for (const { function: name, text } of invalidLayers(functions)) {
    findings.push(warning("layer-invalid", `Invalid layer ARN format: ${text} of function ${name}.`));
  }
  const layers = declared.layers.map((entry) => {
    const mine = matches.filter((match) => match.declared === entry);
    if (mine.length === 0 && !contested.has(entry)) findings.push(unused(entry, stack));
    const { key, version } = entry;
    return { key, version, matches: mine.map(({ layer, functions: having }) => ({ layer, functions: having.length })) };
  });
  findings.push(...matches.flatMap(declaredUnsuitable));
  const live = await validateInAws(ports, request, declared, matches, findings);
  return { stack, layers, findings, live };
}

/**
 * Finds which layers of functions each entry is about. Layers that two entries claim are in the findings, and these
 * entries, which do match something, are the contested ones.
 */
export function findMatches(functions: readonly FunctionFacts[], declared: DeclaredLayers) {
  const matcher = createMatcher(declared);
  const matches = new Map<string, DeclaredMatch>();
  const ambiguous = new Map<string, Finding>();
  const contested = new Set<DeclaredLayer>();
  for (const fn of functions) {
    for (const text of recordedLayers(fn)) {
      const parsed = parseLayerVersionArn(text);
      if (!parsed) continue;
      const arn = layerArn(parsed);
      try {
        const match = matcher(parsed);
        if (!match) continue;
        const known = matches.get(arn);
        if (known) known.functions.push(fn);
        else matches.set(arn, { declared: match.declared, arn, layer: parsed.name, functions: [fn] });
      } catch (error) {
        if (!(error instanceof LayersError)) throw error;
        ambiguous.set(arn, { severity: "error", code: error.code, message: error.describe() });
        for (const entry of declared.layers) {
          if (createMatcher({ ...declared, layers: [entry] })(parsed)) contested.add(entry);
        }
      }
    }
  }
  return { matches: [...matches.values()], findings: [...ambiguous.values()], contested };
}

/** What the config itself says of runtimes and architectures. */
function declaredUnsuitable({ declared, layer, functions }: DeclaredMatch): Finding[] {
  const { compatibleRuntimes = [], compatibleArchitectures = [] } = declared;
  return functions.flatMap((fn) => {
    const reason = whyUnsuitable(fn, { compatibleRuntimes, compatibleArchitectures });
    return reason ? [warning("layer-incompatible", `${at(declared)}: layer ${layer} ${reason} (${fn.name}).`)] : [];
  });
}

async function validateInAws(
  ports: Ports,
  { config, stateFile }: ValidateRequest,
  declared: DeclaredLayers,
  matches: readonly DeclaredMatch[],
  findings: Finding[],
): Promise<ValidationReport["live"]> {
  if (stateFile !== undefined) return { read: false, reason: "a state file was given" };
  if (!config.settings.validateLayerExists) return { read: false, reason: "settings.validate_layer_exists is false" };
  try {
    const wanted = [...matches, ...(await unmatched(ports, config, declared, matches))];
    for (const [region, ofRegion] of Map.groupBy(wanted, ({ arn }) => arn.split(":")[3])) {
      await withSession(ports, { region }, async (aws) => {
        for (const match of ofRegion) findings.push(...(await checkVersion(aws.layerVersion, match)));
      });
    }
    return { read: true };
  } catch (error) {
    if (!(error instanceof LayersError) || error.code === "interrupted") throw error;
    return { read: false, reason: error.message };
  }
}

/** Entries that match nothing in the state, as the layers that they name. */
export async function unmatched(
  ports: Ports,
  { settings }: LayerConfig,
  { layers, stack }: DeclaredLayers,
  matches: readonly DeclaredMatch[],
): Promise<DeclaredMatch[]> {
  const matched = new Set(matches.map(({ declared }) => declared));
  const open = layers.filter((entry) => !matched.has(entry));
  if (open.length === 0) return [];
  return withSession(ports, { region: settings.region }, async (aws) => {
    const { account, partition } = await aws.callerIdentity();
    return open.map((declared) => {
      const name = declared.names?.find((one) => !one.includes("*")) ?? `${declared.key}-${stack}`;
      const where = { partition, region: aws.region, account: settings.accountId ?? account };
      const arn = declared.arn ?? layerArn({ ...where, name });
      return { declared, arn, layer: name, functions: [] };
    });
  });
}

async function checkVersion(
  layerVersion: (arn: string) => Promise<"missing" | "denied" | Parameters<typeof whyUnsuitable>[1]>,
  { declared, arn, layer, functions }: DeclaredMatch,
): Promise<Finding[]> {
  const wanted = `${arn}:${declared.version}`;
  const found = await layerVersion(wanted);
  if (found === "missing") {
    return [error("layer-version-missing", `Layer version does not exist: ${wanted}, declared at ${at(declared)}.`)];
  }
  if (found === "denied") {
    const message = `Layer version ${wanted} cannot be read: AWS denies lambda:GetLayerVersion. A version of another account that does not exist reads the same.`;
    return [warning("layer-unreadable", message)];
  }
  return functions.flatMap((fn) => {
    const reason = whyUnsuitable(fn, found);
    return reason ? [error("layer-incompatible", `Function ${fn.name} cannot use layer ${layer}: it ${reason}.`)] : [];
  });
}

function unused(declared: DeclaredLayer, stack: string): Finding {
  return warning("entry-unused", `${at(declared)}: "${declared.key}" matches no layer in the state of ${stack}.`);
}

function at({ source }: DeclaredLayer): string {
  return `${source.file}:${source.line}`;
}

function error(code: string, message: string): Finding {
  return { severity: "error", code, message };
}

function warning(code: string, message: string): Finding {
  return { severity: "warning", code, message };
}
