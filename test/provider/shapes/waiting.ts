import type { Shape } from "./run";

const refused = { ends: "fails" } as const;
const ownInBoth = `const eu = provider("eu-west-1");
const own = new lambda.LayerVersion("own", { layerName: "own", code, skipDestroy: true });
const other = new lambda.LayerVersion("other", { layerName: "own", code, skipDestroy: true }, { provider: eu });
`;

/** What waits for what, and what is where: programs that a pin could block forever, or send to the wrong place. */
export const waitingPrograms: readonly Shape[] = [
  {
    what: "declares a layer that it publishes after a function that has it",
    files: {},
    prepare: (_stack, emulator) => emulator.seed({ layers: [{ name: "own", versions: 1 }] }),
    program: `const early = fn("early", { layers: [L("own", 1)] });
const service = new pulumi.ComponentResource("my:index:Service", "service");
fn("inner", { layers: [L("own", 1)] }, { parent: service });
const own = new lambda.LayerVersion("own", { layerName: "own", code, description: early.arn, skipDestroy: true }, { dependsOn: [service] });
pinLayers({ layers: { own: { version: own.version } } });
fn("late", { layers: [L("own", 1)] });`,
    preview: { says: [/Function early: layer own is not pinned, because/, /Function inner: layer own is not pinned/] },
    live: { early: ["own:1"], inner: ["own:1"], late: ["own:2"] },
  },
  {
    what: "publishes a layer after the resource that declares it by a number",
    files: { "layer_config.yaml": "layers: { base: { version: 5 }, own: { version: 1 } }\n" },
    program: `const layers = new LayerVersions("layers", { functions: { names: ["ext-a"] } });
const own = new lambda.LayerVersion("own", { layerName: "own", code, skipDestroy: true }, { dependsOn: [layers] });
new lambda.LayerVersion("child", { layerName: "own-child", code }, { parent: layers });
fn("api", { layers: [own.arn] });`,
    live: { api: ["own:1"], "ext-a": ["base:5"] },
  },
  {
    what: "declares its own layer by the version that it has in another region",
    files: {},
    prepare: (_stack, emulator) => emulator.seed({ layers: [{ name: "own", versions: 3 }] }),
    program: `${ownInBoth}pinLayers({ layers: { own: { version: own.version } } });
fn("here", { layers: [own.arn] });
fn("there", { layers: [other.arn, L("own", 1, "eu-west-1")].slice(1) }, { provider: eu, dependsOn: [other] });`,
    preview: {
      says: [/Function there: the version of layer own that .* declares is unknown until/],
      never: [/Function here:/],
    },
    up: { ...refused, says: [/Layer version does not exist: arn:aws:lambda:eu-west-1:123456789012:layer:own:4/] },
    again: { ...refused, says: [/whether version 4 of layer own, which .* will exist is unknown until/] },
  },
  {
    what: "gives resources the regions of a provider without one, and of what is not known yet",
    program: `const own = new lambda.LayerVersion("own", { layerName: "own", code });
const plain = provider(undefined);
new LayerVersions("plain", { region: plain.region, functions: { names: ["ext-a"] } });
new LayerVersions("late", { layers: { other: { version: 2 } }, region: own.version.apply(() => "us-east-1") });
fn("api", { layers: [L("base", 1), L("other", 1)] }, { provider: plain });`,
    preview: {
      args: ["--diff"],
      says: [
        /Function api: the version of layer other depends on the region of LayerVersions "late"/,
        /Function ext-a: Layer base version 1 -> 5/,
        /\[0\]: ".*:base:5"\s+\[1\]: \[unknown\]/,
      ],
    },
    live: { api: ["base:5", "other:2"], "ext-a": ["base:5"] },
  },
  {
    what: "gives a function layers of another region",
    files: { "layer_config.yaml": "layers: { base: { version: 5, names: [base] } }\n" },
    program: `const layers = new LayerVersions("layers");
const eu = provider("eu-west-1");
fn("literal", { layers: [L("other", 1)] }, { provider: eu });
fn("asked", { layers: pulumi.all([layers.arn("base")]) }, { provider: eu });
fn("own", { region: "eu-west-1", layers: [L("base", 1)] });
fn("default", { layers: [L("base", 1, "eu-west-1")] });
fn("right", { layers: [layers.arn("base")] }, { provider: eu });
pulumi.runtime.registerStackTransformation(({ name, props, opts }) =>
  name === "moved" ? { props, opts: { ...opts, provider: eu } } : undefined);
fn("moved", { layers: [L("base", 1, "eu-west-1")] });`,
    preview: {
      ...refused,
      says: [
        /Function literal is in eu-west-1, but would have layer other of us-east-1, which Lambda does not allow/,
        /Function asked is in eu-west-1, but would have layer base of us-east-1/,
        /Function own is in eu-west-1/,
        /Function default is in us-east-1, but would have layer base of eu-west-1/,
      ],
      never: [/Function (right|moved) is/],
    },
    up: refused,
    again: refused,
  },
  {
    what: "makes the engine ignore the layers of a function, and names it in the resource, as the warning advises",
    program: `const layers = new LayerVersions("layers", { functions: { names: ["123456789012:function:named"], prefix: "pre-" } });
for (const name of ["named", "pre-fixed", "forgotten"])
  fn(name, { layers: [L("base", 1)] }, { ignoreChanges: ["layers"], dependsOn: [layers] });`,
    up: { says: [/Function forgotten: Layer base version 1 -> 5 is declared, but/], never: [/(named|fixed): Layer/] },
    again: { ...refused, says: [/Function named: Layer base version 1 -> 5/, /Function pre-fixed: Layer base/] },
  },
];
