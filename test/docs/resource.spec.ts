// The programs of docs/resource.md, run as shown.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../emulator";
import { createAwsStack } from "../support/aws-stack";
import { itSampled } from "../support/counts";
import { checkout, type Project } from "../support/engine";
import { blocksOf, sectionOf } from "./markdown";

/** What each of them takes for granted. */
const head = `
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { LayerVersions } from "pulumi-lambda-layers";
const common = {
  role: "arn:aws:iam::123456789012:role/lambda",
  runtime: "nodejs22.x",
  handler: "index.handler",
  code: new pulumi.asset.AssetArchive({ "index.js": new pulumi.asset.StringAsset("exports.handler = () => {}") }),
};
`;

describe("docs/resource.md", function () {
  this.timeout(240_000);

  let text: string;
  let emulator: Emulator;
  let stack: Project | undefined;
  before(async () => {
    text = await readFile(join(checkout, "docs/resource.md"), "utf8");
  });
  beforeEach(async () => {
    emulator = await startEmulator();
  });
  afterEach(async () => {
    await stack?.dispose();
    await emulator.close();
  });

  /** The first code block in a language under a heading. */
  function block(heading: string, language: string): string {
    return blocksOf(sectionOf(text, heading), language)[0] ?? assert.fail(`${heading} has no block of ${language}`);
  }

  async function stackOf(heading: string, files: Record<string, string> = {}): Promise<Project> {
    stack = await createAwsStack({
      env: emulator.env,
      typescript: true,
      program: `${head}${block(heading, "ts")}`,
      files,
    });
    return stack;
  }

  itSampled("follows layers that the program publishes", async () => {
    const own = (version: number) => [`arn:aws:lambda:us-east-1:123456789012:layer:own:${version}`];
    const project = await stackOf("Layers that the program publishes", { "layer/x.js": "1" });
    await project.up();
    const api = emulator.functions().map(({ name }) => name)[0] ?? "";
    assert.deepEqual(emulator.layersOf(api), own(1));
    emulator.seed({ functions: [{ name: "billing-export", layers: own(1) }] });
    await project.write({ "layer/x.js": "2" });
    const { output } = await project.preview();
    assert.match(output, /Function billing-export: Layer own version 1 -> what this update publishes/);
    await project.up();
    assert.deepEqual(emulator.layersOf(api), own(2));
    assert.deepEqual(emulator.layersOf("billing-export"), own(2));
  });

  it("keeps to regions", async () => {
    const base = (region: string, version: number) => [
      `arn:aws:lambda:${region}:123456789012:layer:base-dev:${version}`,
    ];
    for (const region of ["us-east-1", "eu-west-1"]) {
      emulator.seed({
        layers: [{ name: "base-dev", versions: 6, region }],
        functions: [{ name: "billing-export", region, layers: base(region, 1) }],
      });
    }
    const project = await stackOf("Regions", {
      "us.yaml": "layers: { base: { version: 4 } }\n",
      "eu.yaml": "layers: { base: { version: 6 } }\n",
    });
    await project.up();
    const created = (region: string) =>
      emulator.functions({ region }).find(({ name }) => name !== "billing-export")?.layers;
    assert.deepEqual(created("us-east-1"), base("us-east-1", 4));
    assert.deepEqual(created("eu-west-1"), base("eu-west-1", 6));
    assert.deepEqual(emulator.layersOf("billing-export"), base("us-east-1", 1));
    assert.deepEqual(emulator.layersOf("billing-export", { region: "eu-west-1" }), base("eu-west-1", 6));
  });

  it("says how contradicting declarations are reported", async () => {
    const heading = "Several resources in one program";
    const { code, output } = await (await stackOf(heading)).pulumi(["preview"]);
    assert.notEqual(code, 0);
    assert.ok(output.includes(block(heading, "console").trim()), output);
  });
});
