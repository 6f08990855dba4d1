// What a preview promises: what cannot be deployed does not pass, and what is not known is reported.

import { config, programOf, type Shape } from "./run";

const refused = { ends: "fails" } as const;
const resource = (args: string) => `new LayerVersions("layers", ${args});`;

export const promises: readonly Shape[] = [
  // What cannot be deployed does not pass the preview.
  {
    what: "pins to a version that does not exist",
    files: config(77),
    program: `pinLayers();
fn("first");
fn("api", { layers: [L("base", 1)] });`,
    preview: {
      ...refused,
      says: [/Layer version does not exist: arn:aws:lambda:us-east-1:123456789012:layer:base:77/],
    },
    up: { ...refused, says: [/does not exist/] },
    again: refused,
    refresh: {}, // nothing was deployed; if `up` has created `first` before it failed, that is a finding
  },
  {
    what: "pins a list into one that Lambda refuses",
    files: { "layer_config.yaml": "layers: { base: { version: 5, names: [base, twin] } }\n" },
    program: `pinLayers();
fn("api", { layers: [L("base", 1), L("other", 1), L("base", 2)] });`,
    preview: { ...refused, says: [/api.*base|base.*api/] },
    up: refused,
    again: refused,
  },
  {
    what: "has a stack whose name cannot be part of a layer's",
    options: { stack: "infra.dev" },
    program: `const layers = new LayerVersions("layers");
fn("api", { layers: [layers.arn("base")] });`,
    preview: { ...refused, says: [/infra\.dev/] },
    up: refused,
    again: refused,
  },
  // What cannot be checked yet is reported.
  {
    what: "declares its own layer by a number that this very update publishes",
    files: { "layer_config.yaml": "layers: { own: { version: 1 } }\n" },
    program: `pinLayers();
const own = new lambda.LayerVersion("own", { layerName: "own", code, skipDestroy: true });
fn("api", { layers: [own.arn] });
fn("literal", { layers: [L("own", 1)] }, { dependsOn: [own] });`,
    preview: { says: [/own.*version 1.*checked/], never: [/does not exist/] },
    live: { api: ["own:1"], literal: ["own:1"] },
  },
  {
    what: "has a function with layers that turns out to be a container image",
    program: `pinLayers();
const own = new lambda.LayerVersion("own", { layerName: "own", code });
const image = { code: undefined, runtime: undefined, handler: undefined, imageUri: "123456789012.dkr.ecr.us-east-1.amazonaws.com/x:1" };
fn("api", { ...image, packageType: own.version.apply(() => "Image"), layers: [L("base", 1)] });`,
    preview: { says: [/Function api: whether it is a container image, which cannot have layers, is unknown until/] },
    up: { ...refused, says: [/Function api is a container image, which cannot have layers/] },
    again: refused,
  },
  // Layers that the program publishes.
  {
    what: "publishes a layer and declares it by an output, for itself and for functions elsewhere",
    prepare: (_stack, emulator) => {
      emulator.seed({ layers: [{ name: "own", versions: 1 }], functions: [{ name: "ext-own", layers: ["own:1"] }] });
    },
    files: {},
    program: `const text = new pulumi.asset.StringAsset("1");
const own = new lambda.LayerVersion("own", { layerName: "own", code: new pulumi.asset.AssetArchive({ "a.txt": text }) });
new LayerVersions("layers", { layers: { own: { version: own.version } }, functions: { names: ["ext-own"] }, onDelete: "restore" });
fn("api", { layers: [own.arn] });`,
    live: { api: ["own:2"], "ext-own": ["own:2"] },
    later: [
      {
        files: programOf(`const text = new pulumi.asset.StringAsset("2");
const own = new lambda.LayerVersion("own", { layerName: "own", code: new pulumi.asset.AssetArchive({ "a.txt": text }) });
new LayerVersions("layers", { layers: { own: { version: own.version } }, functions: { names: ["ext-own"] }, onDelete: "restore" });
fn("api", { layers: [own.arn] });`),
        preview: { says: [/Function ext-own: Layer own version 2 -> what this/], never: [/will not be restored/] },
        live: { api: ["own:3"], "ext-own": ["own:3"] },
      },
    ],
    destroy: { says: [/Function ext-own: Layer own version 3 -> 1/] },
  },
  {
    what: "publishes a layer that its config declares by a number that the update would delete",
    files: { "layer_config.yaml": "layers: { own: { version: 1 } }\n" },
    program: `pinLayers();
const own = new lambda.LayerVersion("own", { layerName: "own", code });
fn("api", { layers: [own.arn] });`,
    preview: { says: [/own/, /skipDestroy/, /version: own\.version|output/] },
    live: { api: ["own:1"] },
  },
  // Several resources.
  {
    what: "has a resource for each region",
    files: { "us.yaml": "layers: { base: { version: 4 } }\n", "eu.yaml": "layers: { base: { version: 6 } }\n" },
    program: `new LayerVersions("us", { configFile: "us.yaml", region: "us-east-1", functions: { names: ["ext-a"] } });
new LayerVersions("eu", { configFile: "eu.yaml", region: "eu-west-1", functions: { names: ["ext-a"] } });
fn("us-fn", { layers: [L("base", 1)] });
fn("eu-fn", { layers: [L("base", 1, "eu-west-1")] }, { provider: provider("eu-west-1") });`,
    live: { "us-fn": ["base:4"], "eu-west-1/eu-fn": ["base:6"], "ext-a": ["base:4"], "eu-west-1/ext-a": ["base:6"] },
    again: { calls: { UpdateFunctionConfiguration: 0 } },
  },
  {
    what: "has two resources that declare one layer differently",
    files: { "a.yaml": "layers: { base: { version: 4 } }\n", "b.yaml": "layers: { base: { version: 6 } }\n" },
    program: `new LayerVersions("a", { configFile: "a.yaml" });
new LayerVersions("b", { configFile: "b.yaml" });
fn("api", { layers: [L("base", 1)] });`,
    preview: { ...refused, says: [/a\.yaml:1: version 4/, /b\.yaml:1: version 6/] },
    up: refused,
    again: refused,
  },
  // Empty selections.
  ...[`{ prefix: "" }`, `{ names: [""] }`].map((functions) => ({
    what: `selects functions by ${functions}`,
    program: resource(`{ functions: ${functions} }`),
    preview: { ...refused, never: [/Function ext-/] },
    up: refused,
    again: refused,
  })),
  {
    what: "gives outputs without a value for what decides on functions and credentials",
    program: `const none = pulumi.output(undefined);
const functions = { names: none, prefix: none, tags: { team: "x", stage: none } };
new LayerVersions("layers", { region: none, profile: none, roleArn: none, functions });`,
    preview: {
      ...refused,
      says: ["region", "profile", "roleArn", "functions.names", "functions.prefix", "functions.tags.stage"].map(
        (path) => new RegExp(`: ${path.replaceAll(".", "[.]")} has no value: there is no such output`),
      ),
    },
    up: refused,
    again: refused,
  },
  {
    what: "gives its whole selection as an output, and arguments that are undefined",
    program: `new LayerVersions("whole", { functions: pulumi.output({ names: ["ext-a"] }) });
new LayerVersions("others", { region: undefined, roleArn: undefined, functions: { names: ["ext-b"], prefix: undefined } });`,
    live: { "ext-a": ["base:5"], "ext-b": ["base:5"] },
  },
  // Qualified names.
  {
    what: "names a function by $LATEST, by its ARN and partial ARN",
    program: resource(`{ functions: { names: ["ext-a:$LATEST", "123456789012:function:ext-b"] } }`),
    live: { "ext-a": ["base:5"], "ext-b": ["base:5"] },
  },
  ...[
    "ext-a:live",
    "ext-a:1",
    "arn:aws:lambda:eu-west-1:123456789012:function:ext-a",
    "arn:aws:lambda:us-east-1:222222222222:function:ext-a",
  ].map((name) => ({
    what: `names a function ${name}`,
    program: resource(`{ functions: { names: ["${name}"] } }`),
    preview: { ...refused, says: [/ext-a/] },
    up: refused,
    again: refused,
  })),
  // Restore.
  {
    what: "drops a function, and restores the other when it is destroyed",
    program: resource(`{ functions: { names: ["ext-a", "ext-b"] }, onDelete: "restore" }`),
    live: { "ext-a": ["base:5"], "ext-b": ["base:5"] },
    later: [
      {
        files: programOf(resource(`{ functions: { names: ["ext-a"] }, onDelete: "restore" }`)),
        preview: { says: [/ext-b/] },
        live: { "ext-a": ["base:5"], "ext-b": ["base:5"] },
      },
    ],
    destroy: { says: [/ext-a/], calls: { UpdateFunctionConfiguration: 1 } },
  },
  // A function that is registered before the resource, and selected by its prefix.
  {
    what: "has a function before the resource, after an await, that a prefix selects",
    program: `module.exports = async () => {
  fn("ext-early", { layers: [L("base", 1)] });
  await new Promise((done) => setTimeout(done, 1500));
  new LayerVersions("layers", { functions: { prefix: "ext-" } });
  fn("ext-late", { layers: [L("base", 1)] });
};`,
    up: { says: [/ext-early/] },
    live: { "ext-early": ["base:1"], "ext-late": ["base:5"], "ext-a": ["base:5"] },
    later: [
      { up: { args: ["--refresh"], calls: { UpdateFunctionConfiguration: 0 } }, live: { "ext-early": ["base:1"] } },
    ],
  },
  // Explicit providers.
  {
    what: "gives the resource a provider",
    program: `new LayerVersions("layers", {}, { provider: provider("eu-west-1") });`,
    preview: { ...refused, says: [/region: provider\.region/] },
    up: refused,
    again: refused,
  },
  {
    what: "has the resource in a component with a provider for another region",
    program: `class C extends pulumi.ComponentResource {
  constructor(name, opts) {
    super("x:C", name, {}, opts);
    const layers = new LayerVersions(name + "-layers", {}, { parent: this });
    fn("eu", { layers: [L("base", 1, "eu-west-1")] }, { parent: this });
    this.registerOutputs();
  }
}
new C("c", { providers: { aws: provider("eu-west-1") } });`,
    live: { "eu-west-1/eu": ["base:5"] },
  },
  // Options without effect.
  {
    what: "has ignoreChanges on functions of the resource",
    program: `new LayerVersions("layers", { functions: { names: ["ext-a"] } }, { ignoreChanges: ["*"] });`,
    preview: { says: [/ignoreChanges/] },
    later: [{ files: config(6), live: { "ext-a": ["base:6"] } }],
  },
  // Published versions.
  {
    what: "publishes versions and has an alias that no program moves",
    program: `pinLayers();
fn("api", { publish: true, layers: [L("base", 1)] });`,
    live: { api: ["base:5"] },
    later: [{ files: config(6), up: { says: [/api/] }, live: { api: ["base:6"] } }],
  },
  {
    what: "gives secrets, and has two declarations that pin",
    files: { "base.yaml": "layers: { base: { version: 8 } }\n", "other.yaml": "layers: { other: { version: 3 } }\n" },
    program: `pinLayers({ configFile: "base.yaml" });
pinLayers({ configFile: "other.yaml" });
fn("api", { layers: [L("base", 3), L("other", 2)].map((one) => pulumi.secret(one)) });`,
    live: { api: ["base:8", "other:3"] },
  },
  {
    what: "gives secrets, and has its own transform that sees them first",
    program: `pinLayers();
pulumi.runtime.registerResourceTransform(({ props, opts }) => ({ props: { ...props }, opts }));
fn("api", { layers: pulumi.secret([L("base", 3), L("other", 2)]) });`,
    live: { api: ["base:5", "other:2"] },
  },
];
