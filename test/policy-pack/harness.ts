// Runs policies as a pack's process does: through the policy SDK's own handlers of the engine's calls, so that policies
// see its proxies and errors, and the answers are what the engine receives.

import type { Policies, ResourceValidationPolicy } from "@pulumi/policy";
import messages from "@pulumi/pulumi/proto/analyzer_pb.js";
import { Struct } from "google-protobuf/google/protobuf/struct_pb.js";

// The handlers are not part of the SDK's types.
const { makeAnalyzeRpcFun, makeAnalyzeStackRpcFun, makeRemediateRpcFun } = require("@pulumi/policy/server");

/** What the engine passes for a value that is not known before the update. */
export const unknownString = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
/** Like {@link unknownString}, for a whole list. */
export const unknownList = "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2";

/** Wraps a value as the engine wraps secrets. */
export function secret(value: unknown): object {
  return { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value };
}

/** A resource as the engine passes it to a pack. */
export interface TestResource {
  type?: string;
  name?: string;
  stack?: string;
  props?: Record<string, unknown>;
  /** Inputs of the resource's provider. */
  provider?: Record<string, unknown>;
}

/** One violation as the engine receives it. */
export interface Violation {
  policy: string;
  level: "advisory" | "mandatory";
  /** What the policy said; the SDK puts the policy's description on the line before. */
  message: string;
}

/** A pack's answer about a resource. */
export interface Answer {
  violations: Violation[];
  /** Policies that did not apply. */
  notApplicable: string[];
}

/** The ARN of a layer version in the test account. */
export function layer(name: string, version: number, region = "us-east-1"): string {
  return `arn:aws:lambda:${region}:123456789012:layer:${name}:${version}`;
}

/** The URN of a resource in the tests. */
export function urnOf({ type = functionType, name = "fn", stack = "dev" }: TestResource): string {
  return `urn:pulumi:${stack}::shop::${type}::${name}`;
}

/** The AWS provider's function type. */
export const functionType = "aws:lambda/function:Function";

/**
 * Runs the policies on one resource, as the engine does before the resource is deployed.
 * @param config the policies' configuration, by policy
 */
export async function analyze(
  policies: Policies,
  resource: TestResource,
  config: Record<string, object> = {},
): Promise<Answer> {
  const response = await call(makeAnalyzeRpcFun, configured(policies, config), request(resource));
  return toAnswer(response);
}

/** Runs the stack policies on all resources of a stack. */
export async function analyzeStack(
  policies: Policies,
  resources: readonly TestResource[],
  config: Record<string, object> = {},
): Promise<Answer> {
  const all = resources.map((resource) => {
    const { type = functionType, name = "fn", props = {}, provider } = resource;
    const one = new messages.AnalyzerResource();
    one.setType(type).setName(name).setUrn(urnOf(resource)).setOptions(options());
    one.setProperties(structOf(props));
    if (provider) one.setProvider(providerOf(provider));
    return one;
  });
  const stack = new messages.AnalyzeStackRequest().setResourcesList(all);
  return toAnswer(await call(makeAnalyzeStackRpcFun, configured(policies, config), stack));
}

/** Runs the policies' remediations; undefined if they change nothing, otherwise all resulting properties. */
export async function remediate(
  policies: readonly ResourceValidationPolicy[],
  resource: TestResource,
  config: Record<string, object> = {},
): Promise<Record<string, unknown> | undefined> {
  const enforced = configured([...policies], config).map((policy) => ({
    ...policy,
    enforcementLevel: "remediate" as const,
  }));
  const response = await call(makeRemediateRpcFun, enforced, request(resource));
  const [remediation] = response.getRemediationsList();
  return remediation?.getProperties().toJavaScript();
}

// The SDK keeps the engine's configuration to itself, so it is passed to each policy here.
function configured(policies: Policies, config: Record<string, object>): Policies {
  return policies.map((policy) => {
    const getConfig = () => (config[policy.name] ?? {}) as never;
    if ("validateStack" in policy) {
      return { ...policy, validateStack: (args, report) => policy.validateStack({ ...args, getConfig }, report) };
    }
    const { validateResource, remediateResource } = policy;
    return {
      ...policy,
      ...(typeof validateResource === "function" && {
        validateResource: (args, report) => validateResource({ ...args, getConfig }, report),
      }),
      ...(remediateResource && { remediateResource: (args) => remediateResource({ ...args, getConfig }) }),
    };
  });
}

function request(resource: TestResource) {
  const { type = functionType, name = "fn", props = {}, provider } = resource;
  const made = new messages.AnalyzeRequest();
  made.setType(type).setName(name).setUrn(urnOf(resource)).setOptions(options());
  made.setProperties(structOf(props));
  if (provider) made.setProvider(providerOf(provider));
  return made;
}

// Without undefined properties, which messages cannot contain.
function structOf(props: Record<string, unknown>): Struct {
  return Struct.fromJavaScript(JSON.parse(JSON.stringify(props)));
}

function options() {
  return new messages.AnalyzerResourceOptions();
}

function providerOf(props: Record<string, unknown>) {
  const made = new messages.AnalyzerProviderResource();
  made
    .setType("pulumi:providers:aws")
    .setName("default")
    .setUrn(urnOf({ type: "pulumi:providers:aws" }));
  return made.setProperties(structOf(props));
}

// biome-ignore lint/suspicious/noExplicitAny: the SDK's handlers and messages have no types
function call(make: any, policies: Policies, message: unknown): Promise<any> {
  const handler = make("test-pack", "1.0.0", "advisory", policies);
  return new Promise((resolve, reject) => {
    handler({ request: message }, (error: Error | null, response: unknown) =>
      error ? reject(error) : resolve(response),
    );
  });
}

// biome-ignore lint/suspicious/noExplicitAny: as above
function toAnswer(response: any): Answer {
  return {
    // biome-ignore lint/suspicious/noExplicitAny: as above
    violations: response.getDiagnosticsList().map((one: any) => ({
      policy: one.getPolicyname(),
      level: one.getEnforcementlevel() === messages.EnforcementLevel.ADVISORY ? "advisory" : "mandatory",
      message: one.getMessage().startsWith(`${one.getDescription()}\n`)
        ? one.getMessage().slice(one.getDescription().length + 1)
        : one.getMessage(),
    })),
    // biome-ignore lint/suspicious/noExplicitAny: as above
    notApplicable: response.getNotApplicableList().map((one: any) => one.getPolicyName()),
  };
}
