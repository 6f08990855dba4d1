import { cp, mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { checkout, type Project } from "../../support/engine";
import { config, programOf, type Shape } from "./run";

/** Gives the program a library with its own copy of the package. */
async function ownCopy({ dir }: Project): Promise<void> {
  const modules = join(dir, "node_modules");
  const copy = join(modules, "platform/node_modules/pulumi-lambda-layers");
  await mkdir(copy, { recursive: true });
  for (const name of ["dist", "package.json"]) await cp(join(checkout, name), join(copy, name), { recursive: true });
  await symlink(join(checkout, "node_modules"), join(copy, "node_modules"), "junction");
}

const late = `class Late extends pulumi.dynamic.Resource {
  constructor(name, value) { super({ create: async () => ({ id: "1", outs: { value } }) }, name, { value: undefined }); }
}
`;
const restoring = (name: string, options = "{}") =>
  `new LayerVersions("${name}", { functions: { names: ["ext-a"] }, onDelete: "restore" }, ${options});`;

/** Functions that get their layers from a transform. */
const transformed = ["ext-early", "ext-early-2", "ext-old", "ext-late", "ext-behind", "ext-own"];

/** What programs rarely do, but may. */
export const oddPrograms: readonly Shape[] = [
  {
    what: "has a transformation and transforms that add layers, before and after the pins, and selects the functions",
    program: `const adds = (which) => ({ type, props, opts, name }) =>
  type === "aws:lambda/function:Function" && name === which ? { props: { ...props, layers: [L("base", 1)] }, opts } : undefined;
module.exports = async () => {
  for (const name of ["ext-early", "ext-early-2"]) pulumi.runtime.registerResourceTransform(adds(name));
  const layers = new LayerVersions("layers", { functions: { prefix: "ext-" } });
  pulumi.runtime.registerStackTransformation(adds("ext-old"));
  for (const name of ["ext-early", "ext-early-2", "ext-old", "ext-none"]) fn(name);
  await registered([new pulumi.ComponentResource("my:index:Service", "service")]);
  pulumi.runtime.registerResourceTransform(adds("ext-late"));
  pulumi.runtime.registerResourceTransform(adds("ext-behind"));
  fn("ext-late");
  fn("ext-behind", {}, { dependsOn: [layers] });
  await registered([fn("ext-own", {}, { transforms: [adds("ext-own")] })]);
  fn("before");
  pulumi.runtime.registerResourceTransform(adds("before"));
};`,
    preview: {
      says: [/Function before: Layer base version 1 -> 5 is declared, but a resource transform of the program/],
      never: [/Function (ext-early|ext-early-2|ext-old|ext-late|ext-behind|ext-own): /],
    },
    live: { before: ["base:1"], ...Object.fromEntries([...transformed, "ext-a"].map((name) => [name, ["base:5"]])) },
    later: [
      {
        files: config(6),
        preview: { never: [/Function ext-(early|early-2|old|late|behind|own): Layer/] },
        up: { calls: { UpdateFunctionConfiguration: transformed.length + 2 } },
        live: Object.fromEntries([...transformed, "ext-a"].map((name) => [name, ["base:6"]])),
      },
    ],
  },
  {
    what: "names functions by what comes late, in a stack with a rule for generated names",
    options: { config: { "pulumi:autonaming": { pattern: `ext-\${name}-\${hex(4)}` } } },
    files: {
      "layer_config.yaml":
        'layers: { base: { version: 5, variants: [{ when: { function: "ext-auto-*" }, version: 3 }] } }\n',
    },
    program: `const late = (text) => pulumi.output(new Promise((done) => setTimeout(() => done(text), 1500)));
new LayerVersions("layers", { functions: { prefix: "ext-" } });
fn("late", { name: late("ext-late"), layers: [L("base", 1)] });
new lambda.Function("auto", { role, code, runtime: "nodejs22.x", handler: "index.handler", layers: [L("base", 1)] });`,
    live: { "ext-late": ["base:5"], "ext-a": ["base:5"], "ext-b": ["base:5"] },
    check: (_stack, emulator) => {
      const auto = emulator.functions().find(({ name }) => /^ext-auto-[0-9a-f]{4}$/.test(name));
      if (!auto?.layers[0]?.endsWith(":base:3")) throw new Error(`${auto?.name} has ${auto?.layers}`);
    },
  },
  {
    what: "has the engine replace the resource, which keeps what it found at first",
    program: restoring("layers"),
    live: { "ext-a": ["base:5"] },
    later: [
      {
        preview: { args: ["--replace", "**LayerVersions::layers"], says: [/layers +replace/] },
        up: { args: ["--replace", "**LayerVersions::layers"], calls: { UpdateFunctionConfiguration: 0 } },
        live: { "ext-a": ["base:5"] },
      },
    ],
    destroy: { says: [/Function ext-a: Layer base version 5 -> 1/] },
  },
  {
    what: "creates functions inside apply",
    program: `const layers = new LayerVersions("layers", { functions: { prefix: "ext-" } });
pulumi.output("x").apply(() => fn("inner", { layers: [L("base", 1)] }));
layers.functions.apply(() => fn("ext-inner", { layers: [L("base", 1)] }));`,
    live: { inner: ["base:5"], "ext-inner": ["base:5"], "ext-a": ["base:5"] },
  },
  {
    what: "protects the resource",
    program: restoring("layers", "{ protect: true }"),
    live: { "ext-a": ["base:5"] },
    later: [{ files: config(6), live: { "ext-a": ["base:6"] } }],
    destroy: { ends: "fails", says: [/protected/], calls: { UpdateFunctionConfiguration: 0 } },
  },
  {
    what: "retains the resource on delete, which then restores nothing",
    program: restoring("layers", "{ retainOnDelete: true }"),
    live: { "ext-a": ["base:5"] },
    destroy: { calls: { UpdateFunctionConfiguration: 0 } },
  },
  {
    what: "makes any change replace the resource",
    program: restoring("layers", `{ replaceOnChanges: ["*"], deleteBeforeReplace: true }`),
    preview: { says: [/replaceOnChanges: \["\*"\]`, which has no effect/] },
    live: { "ext-a": ["base:5"] },
    later: [{ files: config(6), up: { calls: { UpdateFunctionConfiguration: 1 } }, live: { "ext-a": ["base:6"] } }],
  },
  {
    what: "has more of its outputs kept secret",
    program: `const layers = new LayerVersions("layers", { functions: { names: ["ext-a"] } }, { additionalSecretOutputs: ["functions"] });
fn("api", { layers: [L("base", 1)] }, { additionalSecretOutputs: ["layers"] });
exports.live = layers.functions;`,
    live: { "ext-a": ["base:5"], api: ["base:5"] },
    later: [{ files: config(6), live: { "ext-a": ["base:6"], api: ["base:6"] } }],
  },
  {
    what: "renames the resource with an alias, and puts it into a component",
    program: restoring("layers"),
    live: { "ext-a": ["base:5"] },
    later: [
      {
        files: {
          ...config(6),
          ...programOf(`const parent = new pulumi.ComponentResource("my:index:Service", "service");
${restoring("again", `{ parent, aliases: [{ name: "layers", parent: pulumi.rootStackResource }] }`)}`),
        },
        preview: { never: [/recorded by layers too/, /delete/] },
        live: { "ext-a": ["base:6"] },
      },
    ],
    destroy: { says: [/Function ext-a: Layer base version 6 -> 1/] },
  },
  {
    what: "gets layers from resources whose outputs are unknown before the update",
    program: `${late}
const list = new Late("list", [L("base", 1), L("other", 1)]);
const one = new Late("one", L("base", 2));
new LayerVersions("layers", { functions: { names: ["ext-a"] } });
fn("list", { layers: list.value });
fn("one", { layers: [one.value, L("other", 2)] });
fn("mixed", { layers: pulumi.all([one.value, "x"]).apply(([a]) => [a]) });`,
    preview: {
      says: [
        /Function list: its layers are unknown until `pulumi up`\./,
        /Function mixed: its layers are unknown until/,
        /Function one: a layer is unknown until/,
      ],
    },
    live: { list: ["base:5", "other:1"], one: ["base:5", "other:2"], mixed: ["base:5"] },
    later: [{ files: config(6), live: { list: ["base:6", "other:1"], one: ["base:6", "other:2"] } }],
  },
  {
    what: "declares its own layer by a number, and has functions elsewhere follow it",
    files: { "layer_config.yaml": "layers: { own: { version: 2 } }\n" },
    prepare: (_stack, emulator) =>
      emulator.seed({ layers: [{ name: "own", versions: 1 }], functions: [{ name: "ext-own", layers: ["own:1"] }] }),
    program: `new LayerVersions("layers", { functions: { names: ["ext-own"] } });
const own = new lambda.LayerVersion("own", { layerName: "own", code, skipDestroy: true });
fn("api", { layers: [own.arn] });`,
    preview: { says: [/Whether arn:\S+:layer:own:2 will exist is unknown until `pulumi up`/] },
    up: { args: ["--parallel", "1"] },
    live: { api: ["own:2"], "ext-own": ["own:2"] },
  },
  {
    what: "names its own layer by an output of the resource",
    program: `const layers = new LayerVersions("layers", { functions: { names: ["ext-a"] } });
const own = new lambda.LayerVersion("own", { layerName: layers.functions.apply(() => "own"), code }, { dependsOn: [layers] });
fn("api", { layers: [own.arn, L("base", 1)] });`,
    live: { api: ["own:1", "base:5"], "ext-a": ["base:5"] },
  },
  {
    what: "imports a function that is not as declared",
    prepare: (_stack, emulator) => emulator.seed({ functions: [{ name: "existing", layers: ["base:1"] }] }),
    program: `pinLayers();
fn("existing", { role: "arn:aws:iam::123456789012:role/lambda", layers: [L("base", 1)], code: undefined, runtime: "python3.12" }, { import: "existing" });`,
    preview: { says: [/existing +import/, /existing +update +\[diff: ~layers\]/] },
    up: { calls: { CreateFunction: 0, UpdateFunctionConfiguration: 1 } },
    live: { existing: ["base:5"] },
  },
  {
    what: "has 300 functions beside those that a prefix selects",
    program: `new LayerVersions("layers", { functions: { prefix: "ext-" } });
for (let i = 0; i < 300; i++) fn("ext-fn-" + i, { layers: [L("base", 1 + (i % 4)), L("other", 1)] });`,
    options: {
      settings: { runtime: { name: "nodejs", options: { typescript: false, nodeargs: "--stack-trace-limit=1" } } },
    },
    // The pins ask once, and the resource once for its functions.
    preview: { calls: { GetLayerVersion: 2 } },
    live: { "ext-fn-0": ["base:5", "other:1"], "ext-fn-299": ["base:5", "other:1"], "ext-a": ["base:5"] },
  },
  {
    what: "reads a function that it does not own, and makes one from a callback",
    program: `new LayerVersions("layers", { functions: { prefix: "ext-" } });
const got = lambda.Function.get("got", "ext-a");
new lambda.CallbackFunction("cb", { name: "cb", role, callback: async () => 1, layers: [L("base", 1)] });
exports.got = got.layers;`,
    live: { cb: ["base:5"], "ext-a": ["base:5"] },
    // What was read is older than what the update has moved.
    refresh: { ends: "fails", says: [/Function got updated/], never: [/LayerVersions layers updated/] },
  },
  {
    what: "has two resources for one function, each for one of its layers",
    prepare: (_stack, emulator) => void emulator.edit("ext-a", { Layers: ["base:1", "other:1"] }),
    files: { "base.yaml": "layers: { base: { version: 5 } }\n", "other.yaml": "layers: { other: { version: 2 } }\n" },
    program: `for (const name of ["base", "other"]) new LayerVersions(name, { configFile: name + ".yaml", functions: { names: ["ext-a"] } });`,
    live: { "ext-a": ["base:5", "other:2"] },
    again: { never: [/recorded by/] },
  },
  {
    what: "has functions between two declarations, and one that is constructed just before the first",
    files: { "other.yaml": "layers: { other: { version: 2 } }\n", "layer_config.yaml": "layers: {}\n" },
    program: `module.exports = async () => {
  fn("tick", { layers: [L("base", 1)] });
  pinLayers({ layers: { base: { version: pulumi.secret(5) } } });
  await registered([fn("between", { layers: [L("base", 1), L("other", 1)] })]);
  pinLayers({ configFile: "other.yaml" });
  fn("after", { layers: [L("base", 1), L("other", 1)] });
};`,
    preview: {
      says: [/Function between: Layer other version 1 -> 2 is declared, but the function was registered before/],
      never: [/Function tick: /, /Function after: /, /Function between: Layer base/],
    },
    live: { tick: ["base:5"], between: ["base:5", "other:1"], after: ["base:5", "other:2"] },
    check: async (stack) => {
      if ((await stack.exportText()).includes(":layer:base:")) throw new Error("a secret version is in plain text");
    },
  },
  {
    what: "renames a component with an alias, with a provider, its own layer and names made from outputs",
    program: component("one", "{}"),
    live: { "eu-west-1/own-eu-fn": ["own-eu:1", "base:5"] },
    later: [
      {
        files: { ...config(6), ...programOf(component("two", `{ aliases: [{ name: "one" }] }`)) },
        preview: { never: [/delete|replace/] },
        live: { "eu-west-1/own-eu-fn": ["own-eu:1", "base:6"] },
      },
    ],
  },
  {
    what: "gets a second copy of the package from a library",
    prepare: ownCopy,
    files: { "other.yaml": "layers: { other: { version: 2 } }\n" },
    program: `pinLayers();
require("./node_modules/platform/node_modules/pulumi-lambda-layers").pinLayers({ configFile: "other.yaml" });
fn("api", { layers: [L("base", 1), L("other", 1)] });`,
    preview: {
      says: [/The program uses two copies of pulumi-lambda-layers, \S+ and \S+platform\/node_modules\/pulumi/],
    },
    live: { api: ["base:5", "other:2"] },
  },
  {
    what: "makes the resource depend on a function, which it also names",
    program: `const api = fn("api", {});
const layers = new LayerVersions("layers", { functions: { names: [api.name, "ext-a"] } }, { dependsOn: [api], deletedWith: api });
fn("later", { layers: [L("base", 1)] }, { dependsOn: [layers] });`,
    live: { later: ["base:5"], "ext-a": ["base:5"] },
  },
];

function component(name: string, options: string): string {
  return `new LayerVersions("layers");
class Service extends pulumi.ComponentResource {
  constructor(name, opts) {
    super("my:index:Service", name, {}, opts);
    const own = new lambda.LayerVersion("own", { layerName: "own-eu", code }, { parent: this });
    fn("dyn", { name: pulumi.interpolate\`\${own.layerName}-fn\`, layers: [own.arn, L("base", 1, "eu-west-1")] }, { parent: this });
  }
}
new Service("${name}", { providers: { aws: provider("eu-west-1") }, ...${options} });`;
}
