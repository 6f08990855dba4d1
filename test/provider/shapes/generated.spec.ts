import assert from "node:assert/strict";
import fc from "fast-check";
import { type Emulator, startEmulator } from "../../emulator";
import { createAwsStack } from "../../support/aws-stack";
import { counts, soak } from "../../support/counts";
import type { Project } from "../../support/engine";
import { elsewhere, programOf } from "./run";

/** How a function's layers are given, for a list of texts in the program. */
const forms = {
  texts: (list: string) => list,
  outputs: (list: string) => `${list}.map((one) => pulumi.output(one))`,
  "a list as an output": (list: string) => `pulumi.output(${list})`,
  "one that is not known yet": (list: string) => `[own.arn, ...${list}]`,
  "a list that is not known yet": (list: string) => `own.arn.apply((arn) => [arn, ...${list}])`,
} as const;

/** Which region a function is in, and who says so. */
const places = {
  "the stack's": { region: "us-east-1", args: "", options: "" },
  "its own": { region: "eu-west-1", args: `, region: "eu-west-1"`, options: "" },
  "its provider's": { region: "eu-west-1", args: "", options: "provider: european, " },
  "its component's": { region: "us-east-1", args: "", options: "parent: component, " },
} as const;

const oneFunction = fc.record({
  isPinned: fc.boolean(),
  base: fc.integer({ min: 1, max: 9 }),
  other: fc.option(fc.integer({ min: 1, max: 3 })),
  form: fc.constantFrom(...(Object.keys(forms) as (keyof typeof forms)[])),
  place: fc.constantFrom(...(Object.keys(places) as (keyof typeof places)[])),
  ignores: fc.boolean(),
  publish: fc.boolean(),
});
type OneFunction = typeof oneFunction extends fc.Arbitrary<infer T> ? T : never;

const pins = {
  "pinLayers alone": `pinLayers({ configFile: "base.yaml" }); pinLayers({ configFile: "other.yaml" });`,
  "two resources": `new LayerVersions("base", { configFile: "base.yaml", functions: { names: ["ext-a"] } });
new LayerVersions("other", { configFile: "other.yaml", functions: { prefix: "ext-b" } });`,
  "one resource, in a component": `new LayerVersions("base", { configFile: "base.yaml", functions: { names: ["ext-b", "ext-a"] } }, { parent: component });
pinLayers({ configFile: "other.yaml" });`,
} as const;

const someProgram = fc.record({
  declared: fc.record({ base: fc.integer({ min: 1, max: 9 }), other: fc.integer({ min: 1, max: 3 }) }),
  enforce: fc.constantFrom("exact", "minimum"),
  pins: fc.constantFrom(...(Object.keys(pins) as (keyof typeof pins)[])),
  functions: fc.array(oneFunction, { minLength: 1, maxLength: 6 }),
});

function statement(fn: OneFunction, name: string): string {
  const { region, args, options } = places[fn.place];
  const layers = [`L("base", ${fn.base}, "${region}")`, ...(fn.other ? [`L("other", ${fn.other}, "${region}")`] : [])];
  // What the program publishes itself is in the stack's own region.
  const form = region === "us-east-1" || !fn.form.includes("not known") ? fn.form : "outputs";
  const ignoreChanges = fn.ignores ? `ignoreChanges: ["layers"], ` : "";
  const list = forms[form](`[${layers.join(", ")}]`);
  return `fn("${name}", { layers: ${list}, publish: ${fn.publish}${args} }, { ${options}${ignoreChanges}})`;
}

describe("a program of functions before and after, in regions, providers and components", function () {
  this.timeout(soak ? 3_600_000 : 300_000);
  let emulator: Emulator;
  let stack: Project;
  let putBack: () => Promise<void>;
  before(async () => {
    emulator = await startEmulator();
    stack = await createAwsStack({ env: emulator.env });
    putBack = await stack.keepBackend();
  });
  after(async () => {
    await stack?.dispose();
    await emulator?.close();
  });

  let run = 0;
  it("does what its preview lets pass, and then has nothing more to do", async () => {
    await fc.assert(
      fc.asyncProperty(someProgram, async ({ declared, enforce, functions, ...program }) => {
        run += 1;
        for (const seed of elsewhere) emulator.seed(seed);
        await putBack();
        const named = functions.map((fn, index) => ({ fn, name: `run-${run}-${index}` }));
        const of = (isPinned: boolean) =>
          named.filter(({ fn }) => fn.isPinned === isPinned).map(({ fn, name }) => statement(fn, name));
        const [early, late] = [of(false), of(true)];
        const entry = (layer: keyof typeof declared) =>
          `layers: { ${layer}: { version: ${declared[layer]}, enforce: ${enforce} } }\n`;
        await stack.write({
          ...programOf(`const european = provider("eu-west-1");
const component = new pulumi.ComponentResource("my:index:Component", "component");
const own = new lambda.LayerVersion("own", { layerName: "own-${run}", code });
module.exports = async () => {
  await registered([${early.join(", ")}]);
  ${[pins[program.pins], ...late].join(";\n  ")}
};`),
          "base.yaml": entry("base"),
          "other.yaml": entry("other"),
        });

        emulator.resetCounts();
        const preview = await stack.pulumi(["preview"]);
        assert.deepEqual(emulator.writes(), [], "a preview writes nothing");
        if (preview.code !== 0) return;
        await stack.up();
        await stack.preview("--expect-no-changes");

        for (const { fn, name } of named) {
          const where = { region: places[fn.place].region };
          const versions = new Map(
            emulator.layersOf(name, where).map((arn) => arn.split(":").slice(6) as [string, string]),
          );
          const wanted = (given: number, target: number) =>
            !fn.isPinned || fn.ignores || (enforce === "minimum" && given > target) ? given : target;
          assert.equal(versions.get("base"), String(wanted(fn.base, declared.base)), `${name}: ${preview.output}`);
          if (fn.other) assert.equal(versions.get("other"), String(wanted(fn.other, declared.other)), name);
        }
      }),
      { ...counts({ sample: 2, full: 25 }), endOnFailure: true },
    );
  });
});
