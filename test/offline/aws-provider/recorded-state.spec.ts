// The stand-in leaves the same state as the real provider for the same program.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { startEmulator } from "../../emulator";
import { createAwsStack, standIn } from "../../support/aws-stack";

const program = `
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

const Statement = [{ Action: "sts:AssumeRole", Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" } }];
const role = new aws.iam.Role("role", { assumeRolePolicy: JSON.stringify({ Version: "2012-10-17", Statement }) });
const layer = new aws.lambda.LayerVersion("layer", {
  layerName: "mylayer", code: new pulumi.asset.FileArchive("./layerA"), compatibleRuntimes: ["nodejs20.x"],
});
const layers = [layer.arn, "arn:aws:lambda:us-east-1:580247275435:layer:LambdaInsightsExtension:38"];
const code = new pulumi.asset.AssetArchive({ "index.js": new pulumi.asset.StringAsset("exports.handler=async()=>({ok:1})") });
const common = { role: role.arn, runtime: "nodejs20.x", handler: "index.handler", code, layers };
new aws.lambda.Function("fn1", { ...common, environment: { variables: { A: "1" } }, tags: { team: "x" } });
new aws.lambda.Function("fn2", { ...common, name: "fixed-fn2", memorySize: 256, timeout: 10 });
`;

interface Recorded {
  urn: string;
  type: string;
  inputs: object;
  outputs: object;
}

describe("aws provider: recorded state", function () {
  this.timeout(120_000);

  it("is that of the real provider, apart from names, times, hashes and what is newer than the recording", async () => {
    const emulator = await startEmulator();
    emulator.seed({
      layers: [
        { name: "mylayer", versions: 2 },
        { name: "LambdaInsightsExtension", account: "580247275435", versions: 38, sharedWith: "everyone" },
      ],
    });
    const stack = await createAwsStack({
      env: emulator.env,
      name: "realaws",
      pluginFolder: standIn,
      program,
      typescript: true,
      files: { "layerA/nodejs/lib.js": "exports.lib = 1;" },
    });
    try {
      await stack.up();
      const record = JSON.parse(await readFile(join(__dirname, "../../data/state-two-functions.json"), "utf8"));
      const expected = comparable(record.deployment.resources);
      const actual = comparable((await stack.exportStack()).deployment.resources);
      assert.deepEqual(actual, expected);
    } finally {
      await stack.dispose();
      await emulator.close();
    }
  });
});

/** What both states must agree on, by logical name. */
function comparable(resources: Recorded[]): Record<string, unknown> {
  const ours = resources.filter(({ type }) => type.startsWith("aws:"));
  return Object.fromEntries(
    ours.map(({ urn, inputs, outputs, ...rest }) => [urn.split("::").at(-1), compared(inputs, outputs, rest)]),
  );
}

function compared(inputs: object, outputs: object, rest: object) {
  const { id, type, dependencies = [], propertyDependencies } = rest as Record<string, unknown>;
  return withoutAccidents({
    id,
    type,
    dependencies: [...(dependencies as string[])].sort(),
    propertyDependencies,
    inputs,
    outputs,
  });
}

/** The recording was made with an older Terraform, and by an emulator that did not know about logging. */
const notInRecord = new Set(["region", "codeSha256", "loggingConfig"]);

/** Values that no two deployments share. */
const accidents: [RegExp, string][] = [
  [/^(.*)\d{4}-\d\d-\d\dT[\d:.]+(Z|\+0000)$/, "$1TIME"],
  [/\b(fn1|role)-[0-9a-f]{7}\b/g, "$1-RANDOM"],
  [/^[0-9a-f]{64}$/, "HASH"],
  [/^[A-Za-z0-9+/]{43}=$/, "HASH"],
  [/^AROA[0-9A-Z]+$/, "ID"],
];

function withoutAccidents(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutAccidents);
  if (typeof value === "string") return accidents.reduce((text, [pattern, by]) => text.replace(pattern, by), value);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([name]) => !notInRecord.has(name));
  return Object.fromEntries(
    entries.map(([name, member]) => [name, name === "sourceCodeSize" ? typeof member : withoutAccidents(member)]),
  );
}
