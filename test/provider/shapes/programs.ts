import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { preamble } from "../../support/aws-stack";
import { checkout, type Project } from "../../support/engine";
import { config, prologue, type Shape } from "./run";

const esm = `
import * as pulumi from "@pulumi/pulumi";
import * as lambda from "@pulumi/aws/lambda/index.js";
import { LayerVersions } from "pulumi-lambda-layers";
const layers = new LayerVersions("layers", { functions: { names: ["ext-a"] } });
const code = new pulumi.asset.AssetArchive({ "index.js": new pulumi.asset.StringAsset("exports.handler = () => {}") });
new lambda.Function("api", {
  name: "api", role: "arn:aws:iam::123456789012:role/lambda", code, runtime: "nodejs22.x", handler: "index.handler",
  layers: ["arn:aws:lambda:us-east-1:123456789012:layer:base:1"],
});
export const live = layers.functions;
`;

/** Gives the program its own copy of Pulumi's SDK, beside the one that the package uses. */
async function ownSdk({ dir }: Project): Promise<void> {
  const modules = join(dir, "node_modules");
  const scope = join(modules, "@pulumi");
  await rm(scope, { force: true });
  await cp(join(checkout, "node_modules/@pulumi/pulumi"), join(scope, "pulumi"), { recursive: true });
  // Found from its real path, it would use the SDK beside that.
  await cp(join(checkout, "node_modules/@pulumi/aws"), join(scope, "aws"), {
    recursive: true,
    filter: (path) => !path.includes(".d.ts"),
  });
}

/** How programs are written, where their files are, and what stacks they have. */
export const programs: readonly Shape[] = [
  {
    what: "has registered a function before the resource, which is too late for a pin",
    program: `module.exports = async () => {
  await registered([fn("before", { layers: [L("base", 1)] })]);
  new LayerVersions("layers", { functions: { names: ["ext-a"] } });
  fn("after", { layers: [L("base", 1)] });
};`,
    live: { before: ["base:1"], after: ["base:5"], "ext-a": ["base:5"], "ext-b": ["base:1"] },
  },
  {
    what: "is asynchronous, and returns its outputs",
    program: `module.exports = async () => {
  await new Promise((done) => setTimeout(done, 50));
  const layers = new LayerVersions("layers", { functions: { names: ["ext-a", "ext-b"] } });
  const name = await Promise.resolve("late");
  fn(name, { layers: [L("base", 1)] });
  return { live: layers.functions };
};`,
    preview: { says: [/Function ext-a: Layer base version 1 -> 5/, /Function ext-b: Layer base version 1 -> 5/] },
    up: { calls: { UpdateFunctionConfiguration: 2 } },
    live: { late: ["base:5"], "ext-a": ["base:5"], "ext-b": ["base:5"] },
  },
  {
    what: "consists of ES modules",
    files: { "package.json": { name: "esm", type: "module", main: "index.js" }, "index.js": esm },
    live: { api: ["base:5"], "ext-a": ["base:5"] },
  },
  {
    what: "has another copy of Pulumi's SDK than the package",
    program: `new LayerVersions("layers", { functions: { names: ["ext-a"] } });
fn("api", { layers: [L("base", 1)] });`,
    prepare: ownSdk,
    live: { api: ["base:5"], "ext-a": ["base:5"] },
  },
  {
    what: "has functions in a module that is loaded before the package, and reads others there",
    prepare: (_stack, emulator) =>
      emulator.seed({ functions: ["named", "ref"].map((name) => ({ name, layers: ["base:1"] })) }),
    files: {
      "functions.js": `${preamble}
const L = (name, version) => "arn:aws:lambda:us-east-1:123456789012:layer:" + name + ":" + version;
exports.early = [fn("ext-early", { layers: [L("base", 1)] }), fn("ext-none")];
exports.read = ["named", "ref", "ext-b"].map((name) => lambda.Function.get(name, name));`,
      "index.js": `const { early, read } = require("./functions");
${prologue}
module.exports = async () => {
  await registered([...early, ...read]);
  new LayerVersions("layers", { functions: { prefix: "ext-", names: ["named", read[1].name] } });
  fn("ext-late", { layers: [L("base", 1)] });
};`,
    },
    preview: {
      says: [/Function ext-early: Layer base version 1 -> 5 is declared, but the function was registered before/],
      never: [/Function (named|ref|ext-b): .* is declared, but/],
    },
    up: { calls: { UpdateFunctionConfiguration: 4 } },
    live: {
      ...{ "ext-early": ["base:1"], "ext-late": ["base:5"], "ext-a": ["base:5"] },
      ...{ named: ["base:5"], ref: ["base:5"], "ext-b": ["base:5"] },
    },
    // What was read is older than what the update has moved.
    refresh: { ends: "fails", never: [/LayerVersions layers updated/] },
    kept: ["named", "ref"],
  },
  {
    what: "is in a separate folder, with the config in another",
    options: { settings: { main: "src", runtime: { name: "nodejs", options: { typescript: false } } } },
    files: {
      "src/index.js": `${prologue}
new LayerVersions("layers", { configFile: "../config/layers.yaml", functions: { names: ["ext-a"] } });
fn("api", { layers: [L("base", 1)] });`,
      "config/layers.yaml": "layers: { base: { version: 7 } }\n",
    },
    live: { api: ["base:7"], "ext-a": ["base:7"] },
    check: async (stack) => {
      const text = await stack.exportText();
      if (!text.includes('"../config/layers.yaml"') || text.includes(stack.dir))
        throw new Error("the path is not relative");
    },
  },
  {
    what: "has another version for its stack",
    files: {
      "layer_config.yaml":
        "layers: { base: { version: 5 } }\nstack_overrides: { dev: { base: { version: 3 } }, prod: { base: { version: 9 } } }\n",
    },
    program: `new LayerVersions("layers", { functions: { prefix: "ext-" } });
fn("api", { layers: [L("base", 1)] });`,
    preview: { says: [/Function ext-b: Layer base version 1 -> 3/] },
    live: { api: ["base:3"], "ext-a": ["base:3"], "ext-b": ["base:3"] },
  },
  {
    what: "is deployed to two stacks",
    files: {
      "layer_config.yaml": "layers: { base: { version: 5 } }\nstack_overrides: { prod: { base: { version: 9 } } }\n",
      "Pulumi.prod.yaml": { config: { "aws:region": "us-east-1" } },
    },
    program: `pinLayers();
fn("api-" + pulumi.getStack(), { layers: [L("base", 1)] });`,
    prepare: async (stack) => void (await stack.succeeds(["stack", "init", "prod", "--no-select"])),
    live: { "api-dev": ["base:5"] },
    later: [
      {
        preview: { args: ["--stack", "prod"] },
        up: { args: ["--stack", "prod"] },
        live: { "api-dev": ["base:5"], "api-prod": ["base:9"] },
      },
    ],
    kept: ["api-prod"],
  },
  {
    what: "is deployed with a saved plan",
    program: `new LayerVersions("layers", { functions: { names: ["ext-a"] } });
fn("api", { layers: [L("base", 1)] });`,
    preview: { args: ["--save-plan", "plan.json"], says: [/Function ext-a: Layer base version 1 -> 5/] },
    up: { args: ["--plan", "plan.json"] },
    live: { api: ["base:5"], "ext-a": ["base:5"] },
    later: [
      {
        files: config(6),
        preview: { args: ["--save-plan", "plan.json"] },
        up: { args: ["--plan", "plan.json"], calls: { UpdateFunctionConfiguration: 2 } },
        live: { api: ["base:6"], "ext-a": ["base:6"] },
      },
    ],
  },
];

/** Kinds of functions, and functions owned elsewhere. */
export const kindsOfFunctions: readonly Shape[] = [
  {
    what: "has a function from an image beside a pinned one",
    program: `pinLayers();
new lambda.Function("image", { name: "image", role, packageType: "Image", imageUri: "123456789012.dkr.ecr.us-east-1.amazonaws.com/x:1" });
fn("zip", { layers: [L("base", 1)] });`,
    live: { image: [], zip: ["base:5"] },
  },
  {
    what: "publishes versions, with an alias on the newest",
    program: `pinLayers();
const api = fn("api", { publish: true, layers: [L("base", 1)] });
const alias = new lambda.Alias("live", { name: "live", functionName: api.name, functionVersion: api.version });
exports.version = alias.functionVersion;`,
    live: { api: ["base:5"] },
    later: [
      {
        files: config(6),
        preview: { says: [/api +update +\[diff: ~layers,qualifiedArn,qualifiedInvokeArn,version\]/, /live +update/] },
        up: {
          says: [/version: "1" => "2"/],
          calls: { UpdateFunctionConfiguration: 1, PublishVersion: 1, UpdateAlias: 1 },
        },
        live: { api: ["base:6"] },
      },
    ],
  },
  {
    what: "has many functions of its own and asks AWS once per layer version",
    program: `pinLayers();
for (let i = 0; i < 30; i++) fn("fn-" + i, { layers: [L("base", 1 + (i % 4)), L("other", 1)] });`,
    files: { "layer_config.yaml": "layers: { base: { version: 5 }, other: { version: 2 } }\n" },
    preview: { calls: { GetLayerVersion: 2, ListFunctions: 0, GetFunction: 0 } },
    up: { calls: { GetLayerVersion: 2, CreateFunction: 30, UpdateFunctionConfiguration: 0 } },
    live: { "fn-0": ["base:5", "other:2"], "fn-29": ["base:5", "other:2"] },
  },
  {
    what: "reconciles what a prefix and tags select, and leaves its own functions to their provider",
    prepare: (_stack, emulator) =>
      emulator.seed({ functions: [{ name: "tagged", layers: ["base:2"], tags: { team: "x", stage: "dev" } }] }),
    program: `new LayerVersions("layers", { functions: { prefix: "ext-", tags: { team: "x", stage: "dev" } } });
fn("ext-own", { layers: [L("base", 1)] });`,
    preview: { says: [/Function tagged: Layer base version 2 -> 5/], never: [/Function ext-own: Layer/] },
    up: { calls: { UpdateFunctionConfiguration: 3 } },
    live: { "ext-own": ["base:5"], "ext-a": ["base:5"], "ext-b": ["base:5"], tagged: ["base:5"] },
    kept: ["tagged"],
  },
  {
    what: "restores the layers of functions elsewhere when it is destroyed",
    program: `new LayerVersions("layers", { functions: { names: ["ext-a"] }, onDelete: "restore" });`,
    live: { "ext-a": ["base:5"] },
    later: [
      {
        files: config(6),
        preview: { says: [/Function ext-a: Layer base version 5 -> 6/] },
        live: { "ext-a": ["base:6"] },
      },
    ],
    destroy: { calls: { UpdateFunctionConfiguration: 1 } },
  },
  {
    what: "reconciles functions of another region",
    program: `new LayerVersions("layers", { region: "eu-west-1", functions: { names: ["ext-a", "ext-b"] } });`,
    preview: { says: [/Function ext-a: Layer base version 1 -> 5/] },
    live: { "eu-west-1/ext-a": ["base:5"], "eu-west-1/ext-b": ["base:5"], "ext-a": ["base:1"] },
  },
  {
    what: "names a function elsewhere by an output that is not known yet",
    program: `const name = new lambda.LayerVersion("own", { layerName: "own", code }).version.apply((version) => version === "1" ? "ext-a" : "ext-b");
new LayerVersions("layers", { functions: { names: [name] } });`,
    preview: { args: ["--diff"], says: [/functions *: \[unknown\]/] },
    live: { "ext-a": ["base:5"], "ext-b": ["base:1"] },
  },
  {
    what: "has one resource for each of two layers",
    files: { "base.yaml": "layers: { base: { version: 5 } }\n", "other.yaml": "layers: { other: { version: 2 } }\n" },
    program: `new LayerVersions("base", { configFile: "base.yaml", functions: { names: ["ext-a"] } });
new LayerVersions("other", { configFile: "other.yaml", functions: { names: ["ext-b"] } });
fn("api", { layers: [L("base", 1), L("other", 1)] });`,
    live: { api: ["base:5", "other:2"], "ext-a": ["base:5"], "ext-b": ["base:1"] },
  },
];
