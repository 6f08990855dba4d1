// Temporary Pulumi projects whose programs use the real `@pulumi/aws` classes.
//
// Programs are JavaScript by default: write `require`, and `exports.x = ...` for outputs. TypeScript takes longer to start,
// much longer when types are checked. Import `@pulumi/aws/lambda` and `@pulumi/aws/iam`: the whole package takes another
// tenth of a second. A preview takes two to three seconds, so let assertions share a stack. With hundreds of resources
// most of the time goes into stack traces that @pulumi/pulumi takes; `nodeargs: "--stack-trace-limit=1"` in
// `settings.runtime.options` more than halves it.

import { join, resolve } from "node:path";
import type { Emulator } from "../emulator";
import { checkout, createProject, type Project, type ProjectOptions } from "./engine";

/** The folder of the stand-in for the AWS provider's plugin. */
export const standIn = join(checkout, "test", "offline", "aws-provider");

/** The folder of the plugin to test with: `PULUMI_AWS_PLUGIN_DIR` if it is set, else the stand-in's. */
export function awsPluginFolder(env: NodeJS.ProcessEnv = process.env): string {
  return env.PULUMI_AWS_PLUGIN_DIR ? resolve(env.PULUMI_AWS_PLUGIN_DIR) : standIn;
}

export interface AwsStackOptions extends ProjectOptions {
  /** The program: index.js, or index.ts with `typescript`. Further files go into `files`. */
  program?: string;
  /** Whether the program is TypeScript. */
  typescript?: boolean;
  /** The AWS to use: the environment of an emulator, or of moto. */
  env: Record<string, string>;
  /** Where the plugin is; by default `awsPluginFolder`. */
  pluginFolder?: string;
  /** The default region, `aws:region`; null leaves it to the environment. */
  region?: string | null;
}

/**
 * Creates a project with one stack on the real engine, with the AWS provider and the given AWS. Dispose of it at the
 * end.
 */
export async function createAwsStack(options: AwsStackOptions): Promise<Project> {
  const { program, typescript = false, pluginFolder = awsPluginFolder(), region = "us-east-1", ...others } = options;
  return createProject({
    ...others,
    files: { ...(program !== undefined && { [typescript ? "index.ts" : "index.js"]: program }), ...others.files },
    settings: {
      runtime: { name: "nodejs", options: { typescript } },
      plugins: { providers: [{ name: "aws", path: pluginFolder }] },
      ...others.settings,
    },
    config: { ...(region !== null && { "aws:region": region }), ...awsSettings, ...others.config },
  });
}

/** What the real provider would otherwise ask of services that an emulator does not have. */
const awsSettings = {
  "aws:skipCredentialsValidation": "true",
  "aws:skipMetadataApiCheck": "true",
  "aws:skipRegionValidation": "true",
  "aws:skipRequestingAccountId": "true",
};

/** The beginning of a program: the modules, a role, and `fn(name, args)`, which declares a function with code. */
export const preamble = `
const pulumi = require("@pulumi/pulumi");
const lambda = require("@pulumi/aws/lambda");
const role = "arn:aws:iam::123456789012:role/lambda";
const code = new pulumi.asset.AssetArchive({ "index.js": new pulumi.asset.StringAsset("exports.handler = () => {}") });
const fn = (name, args = {}, options = {}) =>
  new lambda.Function(name, { name, role, code, runtime: "nodejs22.x", handler: "index.handler", ...args }, options);
`;

/** A resource in the recorded stack, by its name in the program; undefined if there is none. */
// biome-ignore lint/suspicious/noExplicitAny: a state has no type of its own
export async function recorded(stack: Project, name: string): Promise<any> {
  const { deployment } = await stack.exportStack();
  return deployment.resources.find(({ urn }: { urn: string }) => urn.endsWith(`::${name}`));
}

/**
 * Saves a deployed stack; the returned function restores it and the layers of its functions in AWS, and ends all
 * faults.
 */
export async function keepDeployed(stack: Project, emulator: Emulator): Promise<() => Promise<void>> {
  const resetBackend = await stack.keepBackend();
  const live = emulator.functions().map(({ name, layers }) => ({ name, layers: [...layers] }));
  return async () => {
    await resetBackend();
    emulator.clearFaults();
    emulator.allowAll();
    for (const { name, layers } of live) {
      if (String(emulator.layersOf(name)) !== String(layers)) emulator.edit(name, { Layers: layers });
    }
    emulator.resetCounts();
  };
}
