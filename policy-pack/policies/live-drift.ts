import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import type { LayerConfig } from "../../sdk/core/config/parse";
import { LayersError } from "../../sdk/core/errors";
import type { LiveFunction } from "../../sdk/core/live";
import { planLayers } from "../../sdk/core/plan";
import { changeLine } from "../../sdk/core/report";
import type { PolicySettings } from "../config-source";
import type { PolicyContext } from "../context";
import { readOptional, regionOf } from "../function-view";
import { declaration, listed } from "../messages";
import { defaultTimeout, liveConfigSchema, managedConfiguration, tags } from "../metadata";

interface LiveSettings extends PolicySettings {
  readonly region?: string;
  readonly profile?: string;
  readonly roleArn?: string;
  /** In seconds. */
  readonly timeoutSeconds?: number;
}

/** A function of the stack that exists in AWS, by what it can be found there. */
interface DeployedFunction {
  readonly urn: string;
  /** Its ARN, or its name where the ARN is not recorded. */
  readonly id: string;
  readonly region: string | undefined;
}

/** See `layerLiveDrift` in policies.ts. */
export function liveDrift(context: PolicyContext): StackValidationPolicy {
  const name = "layer-live-drift";
  return {
    name,
    displayName: "What runs is what is declared",
    description: "Functions run in AWS with the layer versions that the layer config declares.",
    enforcementLevel: "disabled",
    severity: "high",
    framework: managedConfiguration,
    remediationSteps: "Run `pulumi up --refresh`, or `lambda-layers sync`.",
    tags,
    configSchema: liveConfigSchema,
    validateStack: async ({ resources, getConfig }, report) => {
      const settings = getConfig<LiveSettings>();
      const { search, types } = context.lookUp(name, settings);
      const functions = resources.filter(({ type }) => types.has(type)).flatMap(deployed);
      if (functions.length === 0) return;
      if (!search.found) {
        if (context.first(search.problem)) report(search.problem);
        return;
      }
      const { config } = search;
      for (const [region, inRegion] of Map.groupBy(functions, (fn) => fn.region ?? settings.region)) {
        try {
          const { found, gone } = await readLive(inRegion, { ...settings, region });
          for (const { urn, live } of found) {
            for (const message of driftOf(context, config, urn, live)) report(message, urn);
          }
          if (gone.length > 0) report(notChecked(gone, "AWS has no such function in this account and region."));
        } catch (error) {
          if (!(error instanceof LayersError)) throw error;
          report(notChecked(inRegion, error.code === "interrupted" ? tooSlow(settings) : error.describe()));
        }
      }
    },
  };
}

function notChecked(functions: readonly DeployedFunction[], why: string): string {
  return `Not checked against AWS: ${listed(functions.map(({ id }) => id.slice(id.lastIndexOf(":") + 1)))}. ${why}`;
}

function tooSlow({ timeoutSeconds = defaultTimeout }: LiveSettings): string {
  return `AWS took longer than ${timeoutSeconds} s; \`timeoutSeconds\` of this policy allows more.`;
}

// The function's ARN is preferred: a name says nothing about the account.
function deployed(resource: PolicyResource): DeployedFunction[] {
  const { urn, props } = resource;
  const id =
    readOptional(() => props.arn as unknown) ?? readOptional(() => (props.name ?? props.functionName) as unknown);
  return typeof id === "string" ? [{ urn, id, region: regionOf(resource) }] : [];
}

async function readLive(functions: readonly DeployedFunction[], settings: LiveSettings) {
  const { region, profile, roleArn, timeoutSeconds = defaultTimeout } = settings;
  // Loaded here, as packs that do not use this policy should not wait for the AWS SDK.
  const { connectAws } = await import("../../sdk/aws/session.js");
  const aws = await connectAws({ region, profile, roleArn }, { signal: AbortSignal.timeout(timeoutSeconds * 1000) });
  try {
    const byId = new Map(functions.map((fn) => [fn.id, fn]));
    const { functions: live, missing } = await aws.listFunctions({ names: [...byId.keys()] });
    return {
      found: live.flatMap((fn) => {
        const deployed = byId.get(fn.arn) ?? byId.get(fn.name);
        return deployed ? [{ urn: deployed.urn, live: fn }] : [];
      }),
      // One that has no ARN yet is about to be created.
      gone: missing.filter((id) => id.startsWith("arn:")).flatMap((id) => byId.get(id) ?? []),
    };
  } finally {
    aws.close();
  }
}

function driftOf(context: PolicyContext, config: LayerConfig, urn: string, live: LiveFunction): string[] {
  return planLayers(live.layers, context.layersOf(config, urn).matcher).map((change) => {
    const line = changeLine({ function: live.name, ...change });
    return `In AWS: ${line}\n${declaration(change.match.declared)}. Repair it with \`pulumi up --refresh\`, or \`lambda-layers sync\`.`;
  });
}
