import { config, programOf, type Shape } from "./run";

/** What Pulumi's resource options do to pins. */
export const resourceOptions: readonly Shape[] = [
  {
    what: "has its functions in components, one in another",
    program: `new LayerVersions("layers");
class Service extends pulumi.ComponentResource {
  constructor(name, inner, opts) {
    super("my:index:Service", name, {}, opts);
    fn(name, { layers: [L("base", 1)] }, { parent: this });
    if (inner) new Service(inner, undefined, { parent: this });
    this.registerOutputs();
  }
}
new Service("outer", "inner");`,
    live: { outer: ["base:5"], inner: ["base:5"] },
  },
  {
    what: "gives components a provider",
    program: `const layers = new LayerVersions("layers");
class Service extends pulumi.ComponentResource {
  constructor(name, opts) {
    super("my:index:Service", name, {}, opts);
    fn(name, { layers: [L("base", 1, name)] }, { parent: this });
  }
}
new Service("us-east-1", { providers: { aws: provider("us-east-1") } });
new Service("eu-west-1", { providers: [provider("eu-west-1")] });`,
    live: { "us-east-1": ["base:5"], "eu-west-1/eu-west-1": ["base:5"] },
    check: (_stack, emulator) => {
      const [arn = ""] = emulator.layersOf("eu-west-1", { region: "eu-west-1" });
      if (!arn.includes(":eu-west-1:")) throw new Error(`the layer is not in its function's region: ${arn}`);
    },
  },
  {
    what: "sets regions on the functions",
    program: `pinLayers();
fn("here", { layers: [L("base", 1)] });
fn("there", { region: "eu-west-1", layers: [L("base", 1, "eu-west-1"), L("other", 1, "eu-west-1")] });`,
    preview: { calls: { GetLayerVersion: 2 } },
    live: { here: ["base:5"], "eu-west-1/there": ["base:5", "other:1"] },
  },
  {
    what: "renames a function with an alias, and puts it into a component",
    program: `pinLayers();
fn("old", { name: "api", layers: [L("base", 1)] });`,
    live: { api: ["base:5"] },
    later: [
      {
        files: {
          ...config(6),
          ...programOf(`pinLayers();
const parent = new pulumi.ComponentResource("my:index:Service", "service");
fn("new", { name: "api", layers: [L("base", 1)] }, { parent, aliases: [{ name: "old", parent: pulumi.rootStackResource }] });`),
        },
        preview: { says: [/Function +new +update +\[diff: ~layers\]/], never: [/delete|replace/] },
        up: { calls: { UpdateFunctionConfiguration: 1, CreateFunction: 0, DeleteFunction: 0 } },
        live: { api: ["base:6"] },
      },
    ],
  },
  {
    what: "is deployed in parts with --target",
    program: `new LayerVersions("layers");
fn("first", { layers: [L("base", 1)] });
fn("second", { layers: [L("base", 1)] });`,
    live: { first: ["base:5"], second: ["base:5"] },
    later: [
      {
        files: config(6),
        preview: {
          args: ["--target", "**first"],
          says: [/first +update +\[diff: ~layers\]/],
          never: [/Function second/],
        },
        up: { args: ["--target", "**first"], calls: { UpdateFunctionConfiguration: 1 }, never: [/Function second/] },
        live: { first: ["base:6"], second: ["base:5"] },
      },
      {
        preview: { says: [/second +update +\[diff: ~layers\]/], never: [/first +update/] },
        live: { first: ["base:6"], second: ["base:6"] },
      },
    ],
  },
  {
    what: "has ignoreChanges on layers, which disables the pin",
    program: `pinLayers();
fn("ignored", { layers: [L("base", 1)] }, { ignoreChanges: ["layers"] });
fn("pinned", { layers: [L("base", 1)] }, { ignoreChanges: ["environment"] });`,
    preview: { says: [/Function ignored: Layer base version 1 -> 5 is declared, but the function has ignoreChanges/] },
    live: { ignored: ["base:1"], pinned: ["base:5"] },
    later: [{ files: config(6), live: { ignored: ["base:1"], pinned: ["base:6"] } }],
  },
  {
    what: "replaces a function, deleting the old one first",
    program: `pinLayers();
fn("api", { layers: [L("base", 1)] }, { deleteBeforeReplace: true });`,
    live: { api: ["base:5"] },
    later: [
      {
        files: {
          ...config(6),
          ...programOf(`pinLayers();
fn("api", { name: "renamed", layers: [L("base", 1)] }, { deleteBeforeReplace: true });`),
        },
        preview: { says: [/api +replace/] },
        up: { calls: { DeleteFunction: 1, CreateFunction: 1, UpdateFunctionConfiguration: 0 } },
        live: { renamed: ["base:6"] },
      },
    ],
  },
  {
    what: "protects a function",
    program: `pinLayers();
fn("api", { layers: [L("base", 1)] }, { protect: true });`,
    live: { api: ["base:5"] },
    later: [{ files: config(6), live: { api: ["base:6"] } }],
    destroy: { ends: "fails", says: [/protected/] },
    kept: ["api"],
  },
  {
    what: "retains a function on delete",
    program: `pinLayers();
fn("api", { layers: [L("base", 1)] }, { retainOnDelete: true });`,
    live: { api: ["base:5"] },
    destroy: { calls: { DeleteFunction: 0, UpdateFunctionConfiguration: 0 } },
    kept: ["api"],
  },
  {
    what: "imports a function that is as declared",
    prepare: (_stack, emulator) => emulator.seed({ functions: [{ name: "existing", layers: ["base:5"] }] }),
    program: `pinLayers();
fn("existing", { role: "arn:aws:iam::123456789012:role/lambda", layers: [L("base", 1)], code: undefined, runtime: "python3.12" }, { import: "existing" });`,
    preview: { says: [/existing +import/] },
    up: { calls: { CreateFunction: 0, UpdateFunctionConfiguration: 0 } },
    live: { existing: ["base:5"] },
    // A refresh adds the defaults that an import leaves out, and changes no layers.
    refresh: { ends: "fails", says: [/existing updated .*\[diff: \+memorySize,/], never: [/layers/] },
  },
  {
    what: "has its own transforms, for a function and for the stack",
    program: `pulumi.runtime.registerResourceTransform(({ type, props, opts }) =>
  type === "aws:lambda/function:Function" ? { props: { ...props, tags: { team: "x" } }, opts } : undefined);
pinLayers();
fn("api", {}, { transforms: [({ props, opts }) => ({ props: { ...props, layers: [L("other", 1), L("base", 1)] }, opts })] });`,
    live: { api: ["other:1", "base:5"] },
  },
];
