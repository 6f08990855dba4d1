import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { accountOfArn, layerArn, parseLayerVersionArn } from "../../sdk/core/arn";
import { type AssessedFunction, assess, lostLayerArn, type Standing, targetArn } from "../../sdk/core/assess";
import type { LayerConfig } from "../../sdk/core/config/parse";
import { LayersError } from "../../sdk/core/errors";
import { labelsOf, type NamedFunction, parseFunctionArn } from "../../sdk/core/function-arn";
import { assessedLive } from "../../sdk/core/recorded";
import { changeLine } from "../../sdk/core/report";
import { isAsDeclared } from "../../sdk/core/target";
import { commandLine, shownLines } from "../../sdk/core/text";
import { defaultConfigFile } from "../../sdk/files/config-file";
import { inlineConfigName, type PolicySettings } from "../config-source";
import { type PolicyContext, stackOf } from "../context";
import { type FunctionView, layersInUse, readOptional, regionOf } from "../function-view";
import { cleaned, declaration, listed } from "../messages";
import { defaultTimeout, liveConfigSchema, managedConfiguration, tags } from "../metadata";

interface LiveSettings extends PolicySettings {
  readonly region?: string;
  readonly profile?: string;
  readonly roleArn?: string;
  /** In seconds. */
  readonly timeoutSeconds?: number;
}

/** A function of the stack, with what is needed to find it in AWS. */
interface DeployedFunction extends NamedFunction {
  /** Its ARN, or its name if the ARN is not recorded. */
  readonly id: string;
  /** From the program, or from the state. */
  readonly view: FunctionView;
}

/** See `layerLiveDrift` in policies.ts. */
export function liveDrift(context: PolicyContext): StackValidationPolicy {
  const name = "layer-live-drift";
  return {
    name,
    displayName: "Live layer versions are as declared",
    description: "Functions in AWS run with the layer versions that the layer config declares.",
    enforcementLevel: "disabled",
    severity: "high",
    framework: managedConfiguration,
    remediationSteps: "Run `pulumi up --refresh`, or `lambda-layers sync --stack STACK`.",
    tags,
    configSchema: liveConfigSchema,
    validateStack: async ({ resources, getConfig }, report) => {
      const settings = getConfig<LiveSettings>();
      const { search, types } = context.lookUp(name, settings);
      const functions = resources.flatMap((resource) =>
        deployed(context, resource, types.get(resource.type), settings),
      );
      if (functions.length === 0) return;
      if (!search.found) {
        if (context.first(shownLines(search.problem))) cleaned(report)(search.problem);
        return;
      }
      const { config } = search;
      const label = labelsOf(functions);
      const notChecked = (some: readonly DeployedFunction[], why: string) => {
        if (some.length > 0) cleaned(report)(`Not checked against AWS: ${listed(some.map(label))}. ${why}`);
      };
      // By account too: functions of another account may be out of reach.
      for (const together of Map.groupBy(functions, ({ region, account }) => `${region} ${account}`).values()) {
        try {
          const { found, gone } = await readLive(together, { ...settings, region: together[0]?.region });
          for (const fn of found) {
            const { urn } = fn.view;
            const { targetOf } = context.layersOf(config, urn);
            for (const standing of assess([fn.assessed], targetOf)) {
              const drift = driftOf(standing, label(fn), config);
              if (drift) cleaned(report)(drift, urn);
            }
          }
          notChecked(gone, "Not found in AWS in this account and region.");
        } catch (error) {
          if (!(error instanceof LayersError)) throw error;
          notChecked(together, error.code === "interrupted" ? tooSlow(settings) : error.inOneLine());
        }
      }
      const hidden = functions.filter(({ view }) => view.layers.some(({ kind }) => kind === "hidden"));
      notChecked(
        hidden,
        "Some of their layers are secrets that cannot be read here, so it is unknown whether any were removed in AWS.",
      );
      const [first, ...others] = functions.filter(({ view }) => view.unknown);
      if (first) throw first.view.unknown?.naming(`which layers ${listed([first, ...others].map(label))} should have`);
    },
  };
}

function tooSlow({ timeoutSeconds = defaultTimeout }: LiveSettings): string {
  return `AWS took longer than ${timeoutSeconds} s. To allow more, raise \`timeoutSeconds\` of this policy.`;
}

// The function's ARN is preferred: a name says nothing about the account.
function deployed(
  context: PolicyContext,
  resource: PolicyResource,
  property: string | undefined,
  settings: LiveSettings,
): DeployedFunction[] {
  const { props } = resource;
  const id =
    readOptional(() => props.arn as unknown) ?? readOptional(() => (props.name ?? props.functionName) as unknown);
  if (property === undefined || typeof id !== "string") return [];
  const arn = parseFunctionArn(id);
  const region = regionOf(resource) ?? settings.region;
  const account = arn?.account ?? accountOfArn(readOptional(() => props.role as string) ?? "");
  return [{ id, name: arn?.name ?? id, region, account, view: context.wantedOf(resource, property) }];
}

async function readLive(functions: readonly DeployedFunction[], settings: LiveSettings) {
  const { region, profile, roleArn, timeoutSeconds = defaultTimeout } = settings;
  // Loaded here, so that packs without this policy need not wait for the AWS SDK.
  const { connectAws } = await import("../../sdk/aws/session.js");
  const aws = await connectAws({ region, profile, roleArn }, { signal: AbortSignal.timeout(timeoutSeconds * 1000) });
  try {
    const byId = new Map(functions.map((fn) => [fn.id, fn]));
    const { functions: live, missing } = await aws.listFunctions({ names: [...byId.keys()] });
    return {
      found: live.flatMap((fn) => {
        const known = byId.get(fn.arn) ?? byId.get(fn.name);
        // A new function has no ARN yet: this account may have another of its name.
        const isIts = known?.account === undefined || parseFunctionArn(fn.arn)?.account === known.account;
        return known && isIts ? [{ ...known, assessed: assessed(known, assessedLive(fn)) }] : [];
      }),
      // One that has no ARN yet is about to be created.
      gone: missing.filter((id) => id.startsWith("arn:")).flatMap((id) => byId.get(id) ?? []),
    };
  } finally {
    aws.close();
  }
}

function assessed({ view }: DeployedFunction, live: AssessedFunction): AssessedFunction {
  const complete = view.layers.every(({ kind }) => kind === "text") && !view.unknown;
  const recorded = { layers: layersInUse(view).map(({ arn }) => arn), complete };
  return { ...live, urn: view.urn, recordedBy: "function", recorded };
}

/** The live drift; undefined if none, or if only the program differs. */
function driftOf(standing: Standing, label: string, config: LayerConfig): string[] | undefined {
  const { fn, layer, live, target, isLost } = standing;
  if (!layer || !target?.declared) return undefined;
  const isWrong = typeof live === "number" && !isAsDeclared(live, target);
  if (!isWrong && !isLost) return undefined;
  const change = isWrong
    ? { layer: layer.name, arn: layerArn(layer), from: live, to: target.version, target: targetArn(standing) }
    : attached(lostLayerArn(standing) ?? "");
  const line = changeLine({ function: label, ...change });
  return [`In AWS: ${line}`, `${declaration(target.declared)}. ${repair(standing, stackOf(fn.urn ?? ""), config)}`];
}

/** A lost layer, as it will be reattached. */
function attached(text: string) {
  const layer = parseLayerVersionArn(text);
  return { layer: layer?.name ?? "", from: null, to: layer?.version ?? null };
}

function repair({ recorded, target }: Standing, stack: string, { file }: LayerConfig): string {
  if (target && typeof recorded === "number" && !isAsDeclared(recorded, target))
    return `Set ${target.by === undefined ? "" : `${target.by}, `}version ${target.version} in the program, or pin it with pinLayers, and run \`pulumi up\`.`;
  if (file === inlineConfigName) return "Repair it with `pulumi up --refresh`.";
  const sync = commandLine(["sync", "--stack", stack, ...(file === defaultConfigFile ? [] : ["--config", file])]);
  return `Repair it with \`pulumi up --refresh\`, or \`${sync}\`.`;
}
