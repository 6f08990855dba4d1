import { preamble } from "../../support/aws-stack";
import { config, prologue, type Shape } from "./run";

/** Every form in which a program can give a function its layers. */
export const formsOfLayers: readonly Shape[] = [
  {
    what: "gives strings",
    program: `pinLayers();
fn("api", { layers: [L("other", 2), L("base", 1)] });
fn("worker", { layers: [L("base", 1)] });`,
    preview: { says: [/Function +api +create/], calls: { GetLayerVersion: 1, ListFunctions: 0 } },
    up: { calls: { CreateFunction: 2, UpdateFunctionConfiguration: 0, GetLayerVersion: 1 } },
    live: { api: ["other:2", "base:5"], worker: ["base:5"] },
    later: [
      {
        files: { "layer_config.yaml": "layers: { base: { version: 6 }, other: { version: 2 } }\n" },
        preview: { args: ["--diff"], says: [/\[1\]: ".*:base:5" => ".*:base:6"/], never: [/layer:other:\d" =>/] },
        up: { calls: { UpdateFunctionConfiguration: 2, CreateFunction: 0 } },
        live: { api: ["other:2", "base:6"], worker: ["base:6"] },
      },
    ],
  },
  {
    what: "gives outputs as elements and as a list",
    program: `pinLayers();
fn("element", { layers: [pulumi.output(L("base", 1)), L("other", 1)] });
fn("promise", { layers: [Promise.resolve(L("base", 1))] });
fn("list", { layers: pulumi.output([L("base", 1), L("other", 1)]) });
fn("lists", { layers: pulumi.all([L("other", 1), pulumi.output(L("base", 2))]) });`,
    preview: { args: ["--diff"], says: [/layer:base:5/], never: [/layer:base:[12]"/, /\[unknown\]/] },
    live: {
      element: ["base:5", "other:1"],
      promise: ["base:5"],
      list: ["base:5", "other:1"],
      lists: ["other:1", "base:5"],
    },
  },
  {
    what: "gives secrets as elements and as a list",
    program: `pinLayers();
fn("element", { layers: [pulumi.secret(L("base", 1)), L("other", 1)] });
fn("list", { layers: pulumi.secret([L("base", 1)]) });`,
    preview: { args: ["--diff"], says: [/layers +: \[secret\]/], never: [/layer:base/] },
    live: { element: ["base:5", "other:1"], list: ["base:5"] },
    check: async (stack) => {
      if ((await stack.exportText()).includes("layer:base:")) throw new Error("a secret layer is in plain text");
    },
  },
  {
    what: "gives layers that it publishes itself, as elements and as a list",
    program: `pinLayers();
const own = new lambda.LayerVersion("own", { layerName: "own", code });
fn("element", { layers: [own.arn, L("base", 1)] });
fn("list", { layers: own.arn.apply((arn) => [L("base", 1), arn]) });`,
    preview: { args: ["--diff"], says: [/\[0\]: \[unknown\]\s+\[1\]: ".*:base:5"/, /layers +: \[unknown\]/] },
    live: { element: ["own:1", "base:5"], list: ["base:5", "own:1"] },
  },
  {
    what: "gives none, null, an empty list and an empty output",
    program: `pinLayers();
fn("none");
fn("null", { layers: null });
fn("empty", { layers: [] });
fn("output", { layers: pulumi.output([]) });`,
    preview: { calls: { GetLayerVersion: 0 } },
    live: { none: [], null: [], empty: [], output: [] },
  },
  {
    what: "gives Lambda's own layers, other accounts' and undeclared ones beside a declared one",
    files: {
      "layer_config.yaml": `layers:
  base: { version: 5 }
  datadog: { arn: "arn:aws:lambda:us-east-1:464622532012:layer:Datadog", version: 98 }
`,
    },
    prepare: (_stack, emulator) =>
      emulator.seed({ layers: [{ name: "Datadog", account: "464622532012", versions: 98, sharedWith: "everyone" }] }),
    program: `pinLayers();
fn("api", { layers: ["arn:aws:lambda:::awslayer:AmazonLinux2", L("other", 3), L("Datadog", 90).replace("123456789012", "464622532012"), L("base", 9)] });`,
    live: { api: ["AmazonLinux2", "other:3", "Datadog:98", "base:5"] },
  },
  {
    what: "requests an ARN, and uses it",
    program: `const layers = new LayerVersions("layers");
fn("api", { layers: [layers.arn("base")] }, { dependsOn: [layers] });
exports.arn = layers.arn("base");`,
    files: { "layer_config.yaml": "layers: { base: { version: 5, names: [base] } }\n" },
    preview: { says: [/arn *: "arn:aws:lambda:us-east-1:123456789012:layer:base:5"/] },
    live: { api: ["base:5"] },
  },
  {
    what: "requests an ARN of an entry that makes an exception of one function",
    files: {
      "layer_config.yaml": `layers:
  base:
    names: [base]
    version: 5
    variants:
      - { when: { function: special }, version: 3 }
      - { when: { function: ext-a }, version: 2 }
`,
    },
    program: `const layers = new LayerVersions("layers", { functions: { names: ["ext-a", "ext-b"] } });
fn("usual", { layers: [layers.arn("base")] });
fn("special", { layers: [layers.arn("base")] });
fn("generated", { name: undefined, layers: [layers.arn("base")] });`,
    live: { usual: ["base:5"], special: ["base:3"], "ext-a": ["base:2"], "ext-b": ["base:5"] },
  },
  {
    what: "allows newer versions, and lowers none",
    files: { "layer_config.yaml": "layers: { base: { version: 5, enforce: minimum } }\n" },
    program: `new LayerVersions("layers", { functions: { names: ["ext-a", "ext-b"] } });
fn("old", { layers: [L("base", 1)] });
fn("new", { layers: [L("base", 8)] });`,
    prepare: (_stack, emulator) => void emulator.edit("ext-a", { Layers: ["base:7"] }),
    preview: { says: [/Function ext-b: Layer base version 1 -> 5/], never: [/Function ext-a/] },
    live: { old: ["base:5"], new: ["base:8"], "ext-a": ["base:7"], "ext-b": ["base:5"] },
  },
  {
    what: "reads layers, some in a module that is loaded before the package",
    files: {
      "read.js": `${preamble}
const read = (name) => lambda.LayerVersion.get(name, "arn:aws:lambda:us-east-1:123456789012:layer:" + name + ":2");
module.exports = { base: read("base"), other: read("other") };`,
      "index.js": `const { base, other } = require("./read");
${prologue}
const layers = new LayerVersions("layers", { layers: { its: { version: other.version } } });
const late = lambda.LayerVersion.get("late", L("other", 1), { layerName: "other" });
const its = new LayerVersions("its", { layers: { late: { version: late.version } } });
fn("api", { layers: [base.arn, layers.arn("its")] });
fn("late", { layers: [its.arn("late")] });`,
    },
    preview: { never: [/published by the program itself/] },
    live: { api: ["base:5", "other:2"], late: ["other:1"] },
    later: [
      {
        files: { "layer_config.yaml": "layers: { base: { version: 77 } }\n" },
        preview: {
          ends: "fails",
          says: [/Layer version does not exist: \S+:layer:base:77, /],
          never: [/published by the program itself|publishes the layer itself/],
        },
        up: { ends: "fails" },
      },
      { files: { "layer_config.yaml": "layers: { base: { version: 5 } }\n" } },
    ],
  },
  {
    what: "asks the AWS provider for layers, versions and functions",
    program: `const its = (layerName, version) => lambda.getLayerVersionOutput({ layerName, version });
new LayerVersions("layers", {
  layers: { other: { version: lambda.getLayerVersion({ layerName: "other" }).then(({ version }) => version) } },
  functions: { names: [lambda.getFunction({ functionName: "ext-a" }).then(({ functionName }) => functionName)] },
});
const own = new lambda.LayerVersion("own", { layerName: "own", code, skipDestroy: true });
pinLayers({ layers: { own: { version: its(own.layerName).version } } });
fn("known", { layers: [its("base").arn, its("other", 1).arn] });
fn("list", { layers: pulumi.all([its("base", 2).arn]) });
fn("late", { layers: [its(own.layerName).arn] });`,
    live: { known: ["base:5", "other:3"], list: ["base:5"], late: ["own:1"], "ext-a": ["base:5"] },
    later: [
      {
        files: config(6),
        live: { known: ["base:6", "other:3"], list: ["base:6"], late: ["own:1"], "ext-a": ["base:6"] },
      },
    ],
  },
];
