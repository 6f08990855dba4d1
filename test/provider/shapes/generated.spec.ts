import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { parse } from "yaml";
import { type Emulator, startEmulator } from "../../emulator";
import { createAwsStack, recorded } from "../../support/aws-stack";
import { counts, soak } from "../../support/counts";
import type { Project } from "../../support/engine";
import { elsewhere, programOf } from "./run";

/** How a function's layers are written, for a list of strings in the program. */
const forms = {
  texts: (list: string) => list,
  outputs: (list: string) => `${list}.map((one) => pulumi.output(one))`,
  "a list as an output": (list: string) => `pulumi.output(${list})`,
  secrets: (list: string) => `${list}.map((one, index) => (index === 0 ? pulumi.secret(one) : one))`,
  "a list as a secret": (list: string) => `pulumi.secret(${list})`,
  "one that is not known yet": (list: string) => `[own.arn, ...${list}]`,
  "a list that is not known yet": (list: string) => `own.arn.apply((arn) => [arn, ...${list}])`,
} as const;

/** A function's region, and what sets it. */
const places = {
  "the stack's": { region: "us-east-1", args: "", options: "" },
  "its own": { region: "eu-west-1", args: `, region: "eu-west-1"`, options: "" },
  "its provider's": { region: "eu-west-1", args: "", options: "provider: european, " },
  "its component's": { region: "us-east-1", args: "", options: "parent: component, " },
} as const;

/** How a program declares the version of a layer. */
const sources = {
  "the file": () => "",
  "an output": (layer: string, version: number) => `, layers: { ${layer}: { version: pulumi.output(${version}) } }`,
  "secret config": (layer: string) =>
    `, layers: { ${layer}: { version: new pulumi.Config().requireSecret("${layer}") } }`,
} as const;

const newest = 9;
// Now and then one that does not exist.
const someBase = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 1, max: newest }) },
  { weight: 1, arbitrary: fc.integer({ min: newest + 1, max: newest + 3 }) },
);

const oneFunction = fc.record({
  isPinned: fc.boolean(),
  base: someBase,
  other: fc.option(fc.integer({ min: 1, max: 3 })),
  form: fc.constantFrom(...(Object.keys(forms) as (keyof typeof forms)[])),
  place: fc.constantFrom(...(Object.keys(places) as (keyof typeof places)[])),
  ignores: fc.boolean(),
  publish: fc.boolean(),
});
type OneFunction = typeof oneFunction extends fc.Arbitrary<infer T> ? T : never;

/** What pins and reconciles: further arguments for the declarations of `base` and `other`. */
const pins = {
  "pinLayers alone": {
    text: (base: string, other: string) =>
      `pinLayers({ configFile: "base.yaml"${base} }); pinLayers({ configFile: "other.yaml"${other} });`,
    elsewhere: [],
  },
  "two resources": {
    text: (base: string, other: string) =>
      `new LayerVersions("base", { configFile: "base.yaml"${base}, functions: { names: ["ext-a"] } });
new LayerVersions("other", { configFile: "other.yaml"${other}, functions: { prefix: "ext-b" } });`,
    elsewhere: ["ext-a"],
  },
  "one resource, in a component": {
    text: (base: string, other: string) =>
      `new LayerVersions("base", { configFile: "base.yaml"${base}, functions: { names: ["ext-b", "ext-a"] } }, { parent: component });
pinLayers({ configFile: "other.yaml"${other} });`,
    elsewhere: ["ext-a", "ext-b"],
  },
} as const;

/** Which resource declares the layer that the program publishes, including for functions elsewhere. */
const own = {
  nobody: { text: () => "", version: 1 },
  "a number": { text: (layer: string) => `{ "${layer}": { version: 2 } }`, version: 2 },
  "an output": { text: (layer: string) => `{ "${layer}": { version: own.version } }`, version: 2 },
} as const;

const someProgram = fc.record({
  declared: fc.record({ base: someBase, other: fc.integer({ min: 1, max: 3 }) }),
  source: fc.constantFrom(...(Object.keys(sources) as (keyof typeof sources)[])),
  enforce: fc.constantFrom("exact", "minimum"),
  pins: fc.constantFrom(...(Object.keys(pins) as (keyof typeof pins)[])),
  own: fc.constantFrom(...(Object.keys(own) as (keyof typeof own)[])),
  functions: fc.array(oneFunction, { minLength: 1, maxLength: 6 }),
});

/** What the program publishes itself is in the stack's own region. */
function formOf({ place, form }: OneFunction): keyof typeof forms {
  return places[place].region === "us-east-1" || !form.includes("not known") ? form : "outputs";
}

function statement(fn: OneFunction, name: string): string {
  const { region, args, options } = places[fn.place];
  // A version that does not exist is the program's own mistake if nothing pins it.
  const base = hasPins(fn) ? fn.base : Math.min(fn.base, newest);
  const layers = [`L("base", ${base}, "${region}")`, ...(fn.other ? [`L("other", ${fn.other}, "${region}")`] : [])];
  const ignoreChanges = fn.ignores ? `ignoreChanges: ["layers"], ` : "";
  const list = forms[formOf(fn)](`[${layers.join(", ")}]`);
  return `fn("${name}", { layers: ${list}, publish: ${fn.publish}${args} }, { ${options}${ignoreChanges}})`;
}

function hasPins({ isPinned, ignores }: OneFunction): boolean {
  return isPinned && !ignores;
}

describe("a program of functions before and after, in regions, providers and components", function () {
  this.timeout(soak ? 3_600_000 : 300_000);
  let emulator: Emulator;
  let stack: Project;
  let restore: () => Promise<void>;
  let settings: { config: Record<string, unknown> };
  before(async () => {
    emulator = await startEmulator();
    stack = await createAwsStack({ env: emulator.env });
    restore = await stack.keepBackend();
    settings = parse(await readFile(join(stack.dir, "Pulumi.dev.yaml"), "utf8"));
  });
  after(async () => {
    await stack?.dispose();
    await emulator?.close();
  });

  let run = 0;
  it("does what its preview accepts, which is all that is possible, and then has nothing more to do", async () => {
    await fc.assert(
      fc.asyncProperty(someProgram, async ({ declared, enforce, functions, source, ...program }) => {
        run += 1;
        for (const seed of elsewhere) emulator.seed(seed);
        const ownLayer = `own-${run}`;
        const shared = { name: "ext-own", layers: [`${ownLayer}:1`] };
        emulator.seed({ layers: [{ name: ownLayer, versions: 1 }], functions: [shared] });
        await restore();
        const named = functions.map((fn, index) => ({ fn, name: `run-${run}-${index}` }));
        const of = (isPinned: boolean) =>
          named.filter(({ fn }) => fn.isPinned === isPinned).map(({ fn, name }) => statement(fn, name));
        const [early, late] = [of(false), of(true)];
        const entry = (layer: keyof typeof declared) =>
          `layers: { ${layer}: { version: ${declared[layer]}, enforce: ${enforce} } }\n`;
        const said = (layer: keyof typeof declared) => sources[source](layer, declared[layer]);
        const { text, elsewhere: reconciled } = pins[program.pins];
        const declaredOwn = own[program.own].text(ownLayer);
        await stack.write({
          ...programOf(`const european = provider("eu-west-1");
const component = new pulumi.ComponentResource("my:index:Component", "component");
const own = new lambda.LayerVersion("own", { layerName: "${ownLayer}", code, skipDestroy: true });
module.exports = async () => {
  await registered([${early.join(", ")}]);
  ${declaredOwn && `new LayerVersions("own", { layers: ${declaredOwn}, functions: { names: ["ext-own"] } });`}
  ${[text(said("base"), said("other")), ...late].join(";\n  ")}
};`),
          "base.yaml": entry("base"),
          "other.yaml": entry("other"),
          "layer_config.yaml": "layers: {}\n",
          "Pulumi.dev.yaml": {
            ...settings,
            config: { ...settings.config, "test:base": declared.base, "test:other": declared.other },
          },
        });
        const wanted = (fn: OneFunction, given: number, target: number) =>
          !hasPins(fn) || (enforce === "minimum" && given > target) ? given : target;
        const isMissing = (fn: OneFunction) => hasPins(fn) && wanted(fn, fn.base, declared.base) > newest;
        const isUnknown = (fn: OneFunction) => formOf(fn) === "a list that is not known yet";
        const missing = named.filter(({ fn }) => isMissing(fn) && !isUnknown(fn));

        emulator.resetCounts();
        const { code, output } = await stack.pulumi(["preview"]);
        assert.deepEqual(emulator.writes(), [], "a preview writes nothing");
        assert.doesNotMatch(output, /\n\s+at .*:\d+:\d+/, "no stack trace");
        const fails = missing.length > 0 || (reconciled.length > 0 && declared.base > newest);
        assert.equal(code !== 0, fails, output);
        if (fails) assert.match(output, /Layer version does not exist: arn:\S+:layer:base:1\d/);
        const unknown = named.filter(({ fn }) => isMissing(fn) && isUnknown(fn));
        for (const { name } of unknown)
          assert.match(output, new RegExp(`Function ${name}: its layers are unknown until .pulumi up.`));
        if (fails || unknown.length > 0) return;
        await stack.up();
        await stack.preview("--expect-no-changes");

        for (const { fn, name } of named) {
          const where = { region: places[fn.place].region };
          const versions = new Map(
            emulator.layersOf(name, where).map((arn) => arn.split(":").slice(6) as [string, string]),
          );
          const base = hasPins(fn) ? fn.base : Math.min(fn.base, newest);
          assert.equal(versions.get("base"), String(wanted(fn, base, declared.base)), `${name}: ${output}`);
          if (fn.other) assert.equal(versions.get("other"), String(wanted(fn, fn.other, declared.other)), name);
        }
        for (const name of reconciled)
          assert.match(emulator.layersOf(name).join(), new RegExp(`:base:${declared.base}$`));
        assert.match(emulator.layersOf("ext-own").join(), new RegExp(`:${own[program.own].version}$`));
        const secret = named.filter(({ fn }) => fn.form === "a list as a secret" && hasPins(fn));
        for (const { name } of secret)
          assert.doesNotMatch(JSON.stringify(await recorded(stack, name)), /:layer:/, `${name} is in plaintext`);
      }),
      { ...counts({ sample: 2, full: 25 }), endOnFailure: true },
    );
  });
});
