import assert from "node:assert/strict";
import { join } from "node:path";
import type { ResourceValidationArgs } from "@pulumi/policy";
import { startEmulator } from "../emulator";
import { createAwsStack, preamble } from "../support/aws-stack";
import { checkout, linkModules } from "../support/engine";
import { type Figure, figure, ratioOf } from "./figures";

// Compiled: the tests' version, transpiled on load, is slower.
const { layerPolicies }: typeof import("../../policy-pack/policies.js") = require("../../dist/policy-pack/policies.js");
const { unknownCheckingProxy } = require("@pulumi/policy/proxy");

const many = 10_000;
const rounds = 20;
const functions = 500;
const pairs = 3;

/** What the policies cost per function, and what the pack adds to a preview. */
export async function run(): Promise<Figure[]> {
  return [
    figure(`all policies over ${many} functions`, costOfPolicies(), "µs each", "a preview takes milliseconds each", 50),
    figure(
      `preview of a program of ${functions} functions with the pack`,
      await ratioOfPreviews(),
      "x",
      "the same with an empty pack",
      1.15,
    ),
  ];
}

/**
 * Microseconds of processor time per function in the fastest round, through the proxies that the policy SDK puts around
 * properties.
 */
function costOfPolicies(): number {
  const resources = Array.from({ length: many }, (_, index) => validationArgs(index));
  let violations = 0;
  const report = () => {
    violations += 1;
  };
  const round = () => {
    for (const args of resources) {
      for (const policy of layerPolicies) {
        if (!("validateResource" in policy)) continue;
        const validate = policy.validateResource;
        if (typeof validate === "function") validate(args, report);
      }
    }
    for (const policy of layerPolicies) {
      if ("validateStack" in policy && policy.enforcementLevel !== "disabled") {
        policy.validateStack({ ...resources[0], resources } as never, report);
      }
    }
  };
  const times: number[] = [];
  for (let count = 0; count < rounds; count++) {
    // Processor time, as the clock also counts other work of the machine.
    const before = process.cpuUsage();
    round();
    const { user, system } = process.cpuUsage(before);
    times.push(user + system);
  }
  // layer-version-pinned in one of ten functions, and layer-consistency once.
  assert.equal(violations, rounds * (many / 10 + 1));
  return Math.min(...times) / many;
}

const settings = {
  layers: {
    base: { version: 5 },
    label: { version: 3, compatible_runtimes: ["python3.12"], compatible_architectures: ["arm64"] },
    tools: { names: ["tools-*"], version: 2 },
  },
};

function validationArgs(index: number): ResourceValidationArgs {
  const name = `fn-${index}`;
  const layer = (of: string, version: number) => `arn:aws:lambda:us-east-1:123456789012:layer:${of}:${version}`;
  const props = {
    name,
    runtime: "python3.12",
    architectures: ["arm64"],
    region: "us-east-1",
    layers: [layer("base-dev", index % 10 === 0 ? 4 : 5), layer("label", 3), layer(`tools-${index % 50}`, 2)],
  };
  return {
    type: "aws:lambda/function:Function",
    urn: `urn:pulumi:dev::shop::aws:lambda/function:Function::${name}`,
    name,
    props: unknownCheckingProxy(props),
    getConfig: () => settings as never,
    notApplicable: () => {
      throw new Error("every policy applies to a function");
    },
  } as unknown as ResourceValidationArgs;
}

async function ratioOfPreviews(): Promise<number> {
  const emulator = await startEmulator();
  const stack = await createAwsStack({
    env: emulator.env,
    program: `${preamble}
      const layers = ["arn:aws:lambda:us-east-1:123456789012:layer:base-dev:5"];
      for (let i = 0; i < ${functions}; i++) fn("fn-" + i, { layers });`,
    files: {
      "layer_config.yaml": "layers: { base: { version: 5 } }\n",
      "empty/PulumiPolicy.yaml": "runtime: nodejs\n",
      "empty/package.json": { name: "empty", version: "1.0.0", main: "index.js" },
      "empty/index.js": `new (require("@pulumi/policy").PolicyPack)("empty", { policies: [] });`,
    },
  });
  try {
    await linkModules(join(stack.dir, "empty"));
    return await ratioOf(
      () => stack.preview("--policy-pack", join(checkout, "policy-pack")),
      () => stack.preview("--policy-pack", "empty"),
      pairs,
    );
  } finally {
    await stack.dispose();
    await emulator.close();
  }
}
