import assert from "node:assert/strict";
import { type Emulator, startEmulator } from "../../emulator";
import { preamble as awsPreamble, createAwsStack, recorded } from "../../support/aws-stack";
import { itSampled } from "../../support/counts";
import type { Project } from "../../support/engine";
import { plugins, preamble } from "../../support/native";

const config = `layers:
  dynamo: { version: 5 }
settings: { aws_region: us-east-1 }
stack_overrides: { prod: { dynamo: { version: 6 } } }
`;

const declarations = `${awsPreamble}${preamble}
const own = new lambda.LayerVersion("own", { layerName: "own-dev", code, skipDestroy: true });
new LayerVersions("plain", { functions: { names: ["a", "not-yet", "of-prod"] } });
new LayerVersions("west", { functions: { prefix: "w-" } }, { provider: new Provider("west", { region: "us-west-2" }) });
new LayerVersions("eu", { functions: { prefix: "w-" } }, { provider: new Provider("eu", { region: "eu-west-1" }) });
new LayerVersions("published", { layers: { own: { version: own.version } }, functions: { names: ["b"] } });
new LayerVersions("hidden", { functions: { names: [pulumi.secret("confidential")] }, views: true });
new LayerVersions("quiet", { functions: { tags: { team: "quiet" } }, views: false });
`;

describe("the native plugin in a program", function () {
  this.timeout(300_000);
  let emulator: Emulator;
  let project: Project;

  before(async () => {
    emulator = await startEmulator();
    const version = (name: string, region = "us-east-1") => ({ name, versions: 7, region });
    emulator.seed({
      layers: [
        version("dynamo-dev"),
        version("dynamo-dev", "us-west-2"),
        version("dynamo-dev", "eu-west-1"),
        version("dynamo-prod"),
        { name: "own-dev", versions: 1 },
      ],
      functions: [
        { name: "a", layers: ["dynamo-dev:3"] },
        { name: "b", layers: ["own-dev:1"] },
        { name: "confidential", layers: ["dynamo-dev:2"] },
        { name: "q", layers: ["dynamo-dev:1"], tags: { team: "quiet" } },
        { name: "w-1", region: "us-west-2", layers: ["dynamo-dev:4"] },
        { name: "w-1", region: "eu-west-1", layers: ["dynamo-dev:2"] },
        { name: "of-prod", layers: ["dynamo-prod:2"] },
        { name: "imported", layers: ["dynamo-dev:4"] },
      ],
    });
    const files = { "layer_config.yaml": config };
    project = await createAwsStack({
      env: emulator.env,
      program: declarations,
      files,
      settings: { runtime: { name: "nodejs", options: { typescript: false } }, plugins },
    });
  });
  after(async () => {
    await project?.dispose();
    await emulator?.close();
  });

  const versionOf = (name: string, where: { region?: string } = {}) =>
    Number(emulator.layersOf(name, where)[0]?.split(":").at(-1));
  const views = async () => {
    const { deployment } = await project.exportStack();
    return deployment.resources
      .flatMap(({ urn, viewOf }: { urn: string; viewOf?: string }) => (viewOf ? urn.split("::")[3] : []))
      .sort();
  };

  it("previews what is known, and says what is not", async () => {
    const { output } = await project.preview("--diff");
    assert.match(output, /Function not-yet does not exist in us-east-1 yet, so it is skipped/);
    assert.match(output, /Function a: Layer dynamo-dev version 3 -> 5/);
    for (const from of [4, 2]) assert.match(output, new RegExp(`Function w-1: Layer dynamo-dev version ${from} -> 5`));
    assert.match(output, /Function q: Layer dynamo-dev version 1 -> 5/);
    assert.match(output, /Function b: Layer own-dev version 1 -> what this update publishes/);
    assert.match(output, /FunctionLayers::published\/b\]\s+layers: \{\s+own-dev: \[unknown\]/);
    assert.doesNotMatch(output, /confidential|FunctionLayers::quiet/);
    assert.deepEqual(emulator.writes(), []);
  });

  it("carries it out, keeps secrets, and then has nothing to do", async () => {
    const { output } = await project.up();
    assert.deepEqual([versionOf("a"), versionOf("confidential"), versionOf("q")], [5, 5, 5]);
    for (const region of ["us-west-2", "eu-west-1"]) assert.equal(versionOf("w-1", { region }), 5, region);
    assert.equal(versionOf("b"), 2);
    assert.doesNotMatch(output, /confidential/);
    assert.ok(!(await project.exportText()).includes("confidential"));
    assert.deepEqual(await views(), ["eu/w-1", "plain/a", "published/b", "west/w-1"]);
    assert.deepEqual((await recorded(project, "published")).outputs.versions, { b: { "own-dev": 2 } });
    await project.preview("--expect-no-changes");
  });

  itSampled("refuses an expired session without a stack trace", async () => {
    emulator.fault({ status: 403, code: "ExpiredTokenException", times: 100 });
    const { code, output } = await project.pulumi(["preview"]);
    emulator.clearFaults();
    assert.notEqual(code, 0);
    assert.match(output, /LayerVersions resource '\w+' has a problem: AWS rejected the credentials/);
    assert.doesNotMatch(output, /\bat .*\.js:\d+/);
  });

  it("names all wrong inputs by their paths, and none of their secrets", async () => {
    const args = `{
      function: ["a"], functions: { names: "a", tag: {}, prefix: ["x"] }, onDelete: "remove",
      layers: { dynamo: { version: 0 }, "my layer": { version: 1 } }, roleArn: sdk.secret(["hunter2"]),
    }`;
    const ofAnotherVersion = `{ version: "0.0.9" }`;
    await project.write({ "index.js": `${preamble}new LayerVersions("wrong", ${args}, ${ofAnotherVersion});` });
    const { code, output } = await project.pulumi(["preview"]);
    assert.match(output, /warning: The program's package asks for version 0\.0\.9 of the plugin lambda-layers, /);
    assert.notEqual(code, 0);
    for (const pattern of [
      /property function value \{.*\} has a problem: There is no such property. Did you mean functions\?/,
      /property functions.names value .* It must be a list, not a string/,
      /property functions.tag value .* Did you mean tags\?/,
      /property functions.prefix value .* It must be a string, not a list/,
      /property layers.dynamo.version value .* It must be a whole number of 1 or more, not 0/,
      /property layers\["my layer"\] value .* It is not a valid layer name/,
      /property onDelete value \{remove\} has a problem: It must be keep or restore, not remove/,
      /'wrong' has a problem: roleArn: It must be a string, not a list/,
    ])
      assert.match(output, pattern);
    assert.doesNotMatch(output, /hunter2|\bat .*\.js:\d+/);
  });

  itSampled("shows the problems in the config by line", async () => {
    await project.write({
      "broken.yaml": "layers:\n  dynamo: { verson: 5 }\n",
      "index.js": `${preamble}new LayerVersions("wrong", { configFile: "broken.yaml" });`,
    });
    const { code, output } = await project.pulumi(["preview"]);
    assert.notEqual(code, 0);
    assert.match(output, /property configFile value \{broken.yaml\} has a problem: broken.yaml has 2 problems:/);
    assert.match(
      output,
      /broken.yaml:2:13 unknown-key: .*\n.*2 \| {3}dynamo: \{ verson: 5 \}\n +\| +\^{6}\n +Did you mean version\?/,
    );
  });

  it("refuses a new name while the state has rows below the old one", async () => {
    const options = `{ aliases: [{ name: "plain" }] }`;
    const renamed = declarations.replace(
      /new LayerVersions\("plain", (.*)\);/,
      `new LayerVersions("new", $1, ${options});`,
    );
    await project.write({ "index.js": renamed });
    const { code, output } = await project.pulumi(["preview"]);
    assert.notEqual(code, 0);
    assert.match(output, /was recorded as lambda-layers:index:LayerVersions::plain, and Pulumi cannot move the rows/);
  });

  it("uses the stack's overrides", async () => {
    const args = `{ functions: { names: ["a", "of-prod"] } }`;
    await project.write({ "index.js": `${preamble}new LayerVersions("layers", ${args});` });
    await project.succeeds(["stack", "init", "prod"]);
    const { output } = await project.preview("--stack", "prod");
    await project.succeeds(["stack", "select", "dev"]);
    assert.match(output, /Function of-prod: Layer dynamo-prod version 2 -> 6/);
    assert.doesNotMatch(output, /Function a:/);
  });

  it("imports what a selection means, and continues with it", async () => {
    await project.write({ "index.js": declarations });
    const args = [
      "lambda-layers:index:LayerVersions",
      "more",
      "imported",
      "--yes",
      "--protect=false",
      "--generate-code=false",
    ];
    await project.succeeds(["import", ...args]);
    const { inputs, outputs } = await recorded(project, "more");
    assert.deepEqual(inputs.functions, { names: ["imported"] });
    assert.deepEqual(outputs.versions, { imported: { "dynamo-dev": 4 } });
    await project.write({
      "index.js": `${declarations}new LayerVersions("more", { functions: { names: ["imported"] } });`,
    });
    emulator.resetCounts();
    const { output } = await project.up();
    assert.match(output, /~ 1 updated|\+ 1 created/);
    assert.deepEqual(emulator.writes().length, 1);
    assert.equal(versionOf("imported"), 5);
  });

  it("keeps the layers on destroy", async () => {
    emulator.resetCounts();
    await project.destroy();
    assert.deepEqual(emulator.writes(), []);
    assert.deepEqual(await project.exportStack().then(({ deployment }) => deployment.resources ?? []), []);
  });
});
