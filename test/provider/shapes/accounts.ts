// Programs that deploy into an account other than that of the environment's credentials.

import type { Emulator } from "../../emulator";
import type { Project } from "../../support/engine";
import { elsewhere, prologue, type Shape } from "./run";

const account = "222222222222";
const role = `arn:aws:iam::${account}:role/deploy`;

/** The same layers and functions as in the environment's account, which nobody else may read. */
function seedOther(_stack: Project, emulator: Emulator): void {
  for (const { layers, functions } of elsewhere)
    emulator.seed({
      layers: layers.map((layer) => ({ ...layer, account, sharedWith: [] })),
      functions: functions.map((fn) => ({ ...fn, account })),
    });
}

/** What the other account's functions must have; those of the environment's account must be as seeded. */
function expectOther(expected: Readonly<Record<string, string>>) {
  return (_stack: Project, emulator: Emulator): void => {
    for (const [name, layer] of Object.entries(expected)) {
      const [found = ""] = emulator.layersOf(name, { account });
      if (!found.endsWith(`:${account}:layer:${layer}`)) throw new Error(`${name} has ${found}`);
    }
    const [untouched = ""] = emulator.layersOf("ext-a");
    if (!untouched.endsWith(":base:1")) throw new Error(`ext-a of the environment's account has ${untouched}`);
  };
}

const files = { "layer_config.yaml": "layers: { base: { version: 5, names: [base] } }\n" };
const there = `const LB = (name, version) => L(name, version).replace("123456789012", "${account}");
const its = "arn:aws:iam::${account}:role/lambda";
`;
const provider = (credentials: string) => `${there}${bare(credentials)}`;
const bare = (credentials: string) => `const other = new Provider("other", { region: "us-east-1", ${credentials},
  skipCredentialsValidation: true, skipRequestingAccountId: true, skipMetadataApiCheck: true, skipRegionValidation: true });
`;
const refused = { ends: "fails" } as const;

/** Whose credentials count. */
export const accounts: readonly Shape[] = [
  {
    what: "has the resource in a component whose provider assumes a role of another account",
    files,
    prepare: seedOther,
    program: `${provider(`assumeRoles: [{ roleArn: "${role}" }]`)}
const parent = new pulumi.ComponentResource("my:index:Service", "service", {}, { providers: { aws: other } });
const layers = new LayerVersions("layers", { functions: { names: ["ext-a"] } }, { parent });
fn("literal", { role: its, layers: [LB("base", 1)] }, { parent });
fn("asked", { role: its, layers: [layers.arn("base")] }, { parent });`,
    preview: { says: [/Function ext-a: Layer base version 1 -> 5/], never: [/Could not check/] },
    check: expectOther({ "ext-a": "base:5", literal: "base:5", asked: "base:5" }),
  },
  {
    what: "assumes a role by the stack's configuration",
    files,
    options: { config: { "aws:assumeRoles": [{ roleArn: role }] } },
    prepare: seedOther,
    program: `${there}const layers = new LayerVersions("layers", { functions: { names: ["ext-a"] } });
fn("literal", { role: its, layers: [LB("base", 1)] });
fn("asked", { role: its, layers: [layers.arn("base")] });`,
    preview: { says: [/Function ext-a: Layer base version 1 -> 5/], never: [/Could not check/] },
    check: expectOther({ "ext-a": "base:5", literal: "base:5", asked: "base:5" }),
  },
  {
    what: "has its provider in a module that is loaded before the package",
    files: {
      ...files,
      "provider.js": `const { Provider } = require("@pulumi/aws/provider");
${bare(`assumeRoles: [{ roleArn: "${role}" }]`)}module.exports = { other, plain: new Provider("plain", { region: "us-east-1" }) };`,
      "index.js": `const { other, plain } = require("./provider");
${prologue}${there}
const parent = new pulumi.ComponentResource("my:index:Service", "service", {}, { providers: { aws: other } });
new LayerVersions("layers", { functions: { names: ["ext-a"] } }, { parent });
const another = new pulumi.ComponentResource("my:index:Service", "another", {}, { providers: { aws: plain } });
new LayerVersions("here", { functions: { names: ["ext-b"] } }, { parent: another });`,
    },
    prepare: seedOther,
    preview: { says: [/Function ext-a: Layer base version 1 -> 5/, /Function ext-b: Layer base version 1 -> 5/] },
    live: { "ext-b": ["base:5"] },
    check: expectOther({ "ext-a": "base:5", "ext-b": "base:1" }),
  },
  {
    what: "has functions in two accounts, and versions that differ by account",
    files: {
      "layer_config.yaml": `layers: { base: { version: 5, variants: [{ when: { account: "${account}" }, version: 6 }] } }\n`,
    },
    prepare: seedOther,
    program: `${provider(`assumeRoles: [{ roleArn: "${role}" }]`)}
pinLayers();
fn("here", { layers: [L("base", 1)] });
fn("there", { role: its, layers: [LB("base", 1)] }, { provider: other });`,
    preview: { never: [/Could not check/] },
    live: { here: ["base:5"] },
    check: expectOther({ there: "base:6" }),
  },
  {
    what: "pins a function in another account to a version that does not exist there",
    files: { "layer_config.yaml": "layers: { base: { version: 10 } }\n" },
    prepare: (stack, emulator) => {
      seedOther(stack, emulator);
      emulator.seed({ layers: [{ name: "base", versions: 10 }] });
    },
    program: `${provider(`assumeRoles: [{ roleArn: "${role}" }]`)}
pinLayers();
fn("there", { role: its, layers: [LB("base", 1)] }, { provider: other });`,
    preview: {
      ...refused,
      says: [/Layer version does not exist: arn:aws:lambda:us-east-1:222222222222:layer:base:10/],
    },
    up: refused,
    again: refused,
  },
  {
    what: "publishes a layer that functions in another account have by the same name",
    files: {},
    prepare: (stack, emulator) => {
      seedOther(stack, emulator);
      emulator.seed({ layers: [{ name: "own", versions: 1, account }] });
    },
    program: `${provider(`assumeRoles: [{ roleArn: "${role}" }]`)}
const own = new lambda.LayerVersion("own", { layerName: "own", code, skipDestroy: true });
const second = new lambda.LayerVersion("second", { layerName: "own", code, skipDestroy: true }, { dependsOn: [own] });
pinLayers({ layers: { own: { version: second.version } } });
fn("here", { layers: [L("own", 1)] });
fn("there", { role: its, layers: [LB("own", 1)] }, { provider: other, dependsOn: [second] });`,
    preview: {
      says: [/Function there: the version of layer own that .* declares is unknown until/],
      never: [/Function here:/],
    },
    up: {
      ...refused,
      says: [new RegExp(`Layer version does not exist: \\S+:${account}:layer:own:2, .* version that exists`)],
    },
    again: refused,
  },
  {
    what: "has the resource in a component whose provider has keys, which it cannot use",
    files,
    prepare: seedOther,
    program: `${provider(`accessKey: "AKIAOTHER", secretKey: "secret"`)}
const parent = new pulumi.ComponentResource("my:index:Service", "service", {}, { providers: { aws: other } });
new LayerVersions("layers", { functions: { names: ["ext-a"] } }, { parent });`,
    preview: {
      ...refused,
      says: [
        /LayerVersions "layers" cannot use the credentials of its parent's AWS provider \(accessKey\)/,
        /`roleArn`/,
      ],
      never: [/Function ext-a:/],
    },
    up: { ...refused, calls: { UpdateFunctionConfiguration: 0 } },
    again: refused,
  },
];
