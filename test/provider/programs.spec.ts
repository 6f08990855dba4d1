import assert from "node:assert/strict";
import { type Emulator, startEmulator } from "../emulator";
import { createAwsStack, preamble } from "../support/aws-stack";
import { itSampled } from "../support/counts";
import { createProject, type Project, type ProjectOptions } from "../support/engine";

const plainNode = { runtime: { name: "nodejs", options: { typescript: false } } };
const account = "123456789012";

describe("programs that declare LayerVersions", function () {
  this.timeout(180_000);

  let emulator: Emulator;
  const projects: Project[] = [];

  before(async () => {
    emulator = await startEmulator();
    emulator.seed({ layers: [{ name: "dynamo", versions: 8 }] });
  });

  after(async () => {
    await Promise.all(projects.map((project) => project.dispose()));
    await emulator?.close();
  });

  const seed = (...names: string[]) =>
    emulator.seed({ functions: names.map((name) => ({ name, layers: ["dynamo:1"] })) });
  const version = (name: string) => Number(emulator.layersOf(name)[0]?.split(":").at(-1));

  async function project(options: ProjectOptions): Promise<Project> {
    const created = await createProject({
      config: { "aws:region": "us-east-1" },
      ...options,
      env: { ...emulator.env, ...options.env },
      files: { "layer_config.yaml": "layers: {dynamo: {version: 5}}\n", ...options.files },
    });
    projects.push(created);
    return created;
  }

  itSampled("may be TypeScript in a separate folder, type-checked against the package", async () => {
    seed("typescript");
    const { up } = await project({
      files: {
        "src/index.ts": `
import { type DeclaredLayers, LayerVersions, type LayerVersionsArgs, loadLayerConfig, pinLayers } from "pulumi-lambda-layers";
const args: LayerVersionsArgs = { functions: { names: ["typescript"] }, onDelete: "keep" };
pinLayers({ configFile: "../layer_config.yaml" });
const layers = new LayerVersions("layers", { configFile: "../layer_config.yaml", ...args });
const declared: DeclaredLayers = layers.declared;
export const arn = layers.arn("dynamo");
export const version = layers.functions.apply((live) => live["typescript"]?.["dynamo"]);
export const file = [declared.file, loadLayerConfig("../layer_config.yaml").layers.size];
`,
        "tsconfig.json": {
          compilerOptions: {
            strict: true,
            module: "nodenext",
            moduleResolution: "nodenext",
            target: "es2022",
            skipLibCheck: true,
            types: ["node"],
          },
        },
      },
      settings: { main: "src" },
      typeCheck: true,
    }).then((created) => ({ up: () => created.up() }));
    const { stdout } = await up();
    assert.equal(version("typescript"), 5);
    assert.match(stdout, /arn *: "arn:aws:lambda:us-east-1:123456789012:layer:dynamo-dev:5"/);
    assert.match(stdout, /version: 5/);
  });

  itSampled("may be ES modules", async () => {
    seed("esm");
    const esm = await project({
      files: {
        "package.json": { name: "esm", type: "module", main: "index.js" },
        "index.js": `
import { LayerVersions } from "pulumi-lambda-layers";
const layers = new LayerVersions("layers", { functions: { names: ["esm"] } });
export const arn = layers.arn("dynamo");
`,
      },
      settings: plainNode,
    });
    await esm.up();
    assert.equal(version("esm"), 5);
    await esm.succeeds(["refresh", "--yes", "--skip-preview"]);
    await esm.preview("--expect-no-changes");
  });

  itSampled("may name functions by outputs, unknown at preview", async () => {
    seed("by-output");
    const outputs = await project({
      files: {
        "index.js": `
const pulumi = require("@pulumi/pulumi");
const { LayerVersions } = require("pulumi-lambda-layers");
class Late extends pulumi.dynamic.Resource {
  constructor(name) {
    super({ create: async () => ({ id: "1", outs: { fn: "by-output" } }) }, name, { fn: undefined });
  }
}
const late = new Late("late");
new LayerVersions("layers", { functions: { names: [late.fn] } });
`,
      },
      settings: plainNode,
    });
    const { stdout } = await outputs.preview("--diff");
    assert.match(stdout, /functions *: \[unknown\]/);
    await outputs.up();
    assert.equal(version("by-output"), 5);
    await outputs.preview("--expect-no-changes");
  });

  itSampled("may be deployed to several stacks with overrides", async () => {
    seed("fn-dev", "fn-prod");
    const program = `
const pulumi = require("@pulumi/pulumi");
const { LayerVersions } = require("pulumi-lambda-layers");
const layers = new LayerVersions("layers", { functions: { names: ["fn-" + pulumi.getStack()] } });
exports.arn = layers.arn("dynamo");
`;
    const stacks = await project({
      files: {
        "index.js": program,
        "layer_config.yaml": "layers: {dynamo: {version: 5}}\nstack_overrides: {prod: {dynamo: {version: 4}}}\n",
        "Pulumi.prod.yaml": { config: { "aws:region": "us-east-1" } },
      },
      settings: plainNode,
    });
    await stacks.succeeds(["stack", "init", "prod"]);
    await stacks.up("--stack", "dev");
    await stacks.up("--stack", "prod");
    assert.deepEqual([version("fn-dev"), version("fn-prod")], [5, 4]);
  });

  itSampled("take region, profile and role from the arguments, and keep them for refresh and destroy", async () => {
    emulator.seed({
      layers: [{ name: "dynamo", versions: 8, account: "222222222222", region: "eu-west-1" }],
      functions: [
        {
          name: "elsewhere",
          account: "222222222222",
          region: "eu-west-1",
          layers: ["arn:aws:lambda:eu-west-1:222222222222:layer:dynamo:1"],
        },
      ],
    });
    const other = await project({
      files: {
        "index.js": `
const { LayerVersions } = require("pulumi-lambda-layers");
new LayerVersions("layers", {
  region: "eu-west-1",
  profile: "deploy",
  roleArn: "arn:aws:iam::222222222222:role/layers",
  onDelete: "restore",
  functions: { names: ["elsewhere"] },
});
`,
        "aws-config": "[profile deploy]\naws_access_key_id = AKIADEPLOY\naws_secret_access_key = secret\n",
        "aws-credentials": "",
      },
      settings: plainNode,
      env: {
        AWS_ACCESS_KEY_ID: "",
        AWS_SECRET_ACCESS_KEY: "",
        AWS_CONFIG_FILE: "../project/aws-config",
        AWS_SHARED_CREDENTIALS_FILE: "../project/aws-credentials",
      },
    });
    const live = () => emulator.functions({ account: "222222222222", region: "eu-west-1" })[0]?.layers;
    await other.up();
    assert.deepEqual(live(), ["arn:aws:lambda:eu-west-1:222222222222:layer:dynamo:5"]);
    assert.ok(emulator.counts().AssumeRole);
    await other.succeeds(["refresh", "--yes", "--skip-preview"]);
    await other.destroy();
    assert.deepEqual(live(), ["arn:aws:lambda:eu-west-1:222222222222:layer:dynamo:1"]);
  });

  itSampled("ask AWS for the account if neither settings nor entry name one", async () => {
    const asking = await project({
      files: {
        "index.js": `
const { LayerVersions } = require("pulumi-lambda-layers");
exports.arn = new LayerVersions("layers").arn("dynamo");
`,
      },
      settings: plainNode,
      config: { "aws:region": "eu-west-1" },
    });
    const { stdout } = await asking.preview();
    assert.match(stdout, new RegExp(`arn:aws:lambda:eu-west-1:${account}:layer:dynamo-dev:5`));
  });

  it("can name an undeclared layer only by mistake", async () => {
    const wrong = await project({
      files: { "index.js": `new (require("pulumi-lambda-layers").LayerVersions)("layers").arn("dynamos");` },
      settings: plainNode,
    });
    const { code, output } = await wrong.pulumi(["preview"]);
    assert.notEqual(code, 0);
    assert.match(output, /layer_config.yaml declares no layer "dynamos" for stack dev. Did you mean dynamo\?/);
    assert.doesNotMatch(output, /\n\s+at .*:\d+:\d+/, "no stack trace");
  });

  it("cannot import the resource, and need not", async () => {
    const importing = await project({
      files: {
        "index.js": `new (require("pulumi-lambda-layers").LayerVersions)("layers", {}, { import: "lambda-layer-versions" });`,
      },
      settings: plainNode,
    });
    const { code, output } = await importing.pulumi(["preview"]);
    assert.notEqual(code, 0);
    assert.match(output, /LayerVersions "layers" cannot be imported and does not need to be\. Remove `import`:/);
    assert.doesNotMatch(output, /\n\s+at .*:\d+:\d+/, "no stack trace");
  });

  itSampled("refresh and destroy a state that an older version of the package wrote", async () => {
    seed("old-state");
    const old = await project({
      files: {
        "index.js": `new (require("pulumi-lambda-layers").LayerVersions)("layers", { functions: { names: ["old-state"] }, onDelete: "restore" });`,
      },
      settings: plainNode,
    });
    await old.up();
    const state = await old.exportStack();
    const recorded = state.deployment.resources.find(({ type }: { type: string }) => type.endsWith(":LayerVersions"));
    // Another text with the same meaning, as an older TypeScript would have emitted it.
    const text = `exports.handler = function () {
      const h = function () { return require("pulumi-lambda-layers/provider/handlers"); };
      return { read: function (a, b) { return h().read(a, b); }, delete: function (a, b) { return h().delete(a, b); } };
    };`;
    recorded.inputs.__provider = text;
    recorded.outputs.__provider = text;
    await old.write({ "old.json": state });
    await old.succeeds(["stack", "import", "--file", "old.json"]);
    emulator.edit("old-state", { Layers: ["dynamo:3"] });
    const { stdout } = await old.succeeds(["refresh", "--yes", "--skip-preview", "--diff"]);
    assert.match(stdout, /dynamo: 5 => 3/);
    const destroyed = await old.destroy();
    assert.match(
      destroyed.output,
      /Function old-state: Layer dynamo is at version 3, not at version 5 as this resource/,
    );
    assert.equal(version("old-state"), 3, "someone else has moved it");
  });

  it("leave a pinned function to its own provider if it is named by its output", async () => {
    const stack = await createAwsStack({
      env: emulator.env,
      program: `${preamble}
const { LayerVersions } = require("pulumi-lambda-layers");
const names = [];
new LayerVersions("layers", { functions: { names: pulumi.output(new Promise((done) => setImmediate(() => done(names)))) } });
const pinned = fn("pinned", { name: undefined, layers: ["arn:aws:lambda:us-east-1:123456789012:layer:dynamo:1"] });
names.push(pinned.name);
`,
      files: { "layer_config.yaml": "layers: {dynamo: {version: 5}}\n" },
    });
    projects.push(stack);
    await stack.up();
    const { resources } = (await stack.exportStack()).deployment;
    const recorded = resources.find(({ type }: { type: string }) => type.endsWith(":LayerVersions"));
    assert.deepEqual(recorded.inputs.functions, {});
  });
});
