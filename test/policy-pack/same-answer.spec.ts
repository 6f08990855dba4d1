import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { startEmulator } from "../emulator";
import { createAwsStack, preamble } from "../support/aws-stack";
import { counts } from "../support/counts";
import { checkout } from "../support/engine";
import { preamble as nativePreamble, plugins } from "../support/native";
import { run } from "../support/processes";

const newest = 9;
const owner = "464622532012";
const kits = ["kit-nodejs22x-x86_64", "kit-nodejs20x-x86_64", "kit-nodejs22x-arm64", "old-kit"] as const;
const names = ["base", "base-dev", "dev-base", "bases", "tool-a", "tool-b", "extra", "theirs", ...kits] as const;

const arn = (name: string, version: number) =>
  `arn:aws:lambda:us-east-1:${isTheirs(name) ? owner : "123456789012"}:layer:${name}:${version}`;

const isTheirs = (name: string) => name === "theirs" || name.includes("kit");

const version = fc.integer({ min: 1, max: newest });
const entry = fc.record({ version, enforce: fc.constantFrom("exact", "minimum") });
const config = fc.record({
  base: entry,
  tools: entry.map((fields) => ({ ...fields, names: ["tool-*"] })),
  special: entry.map((fields) => ({ ...fields, names: ["tool-{stack}", "tool-b"] })),
  theirs: entry.map((fields) => ({ ...fields, arn: arn("theirs", 1).replace(/:1$/, "") })),
  // All functions run on nodejs22.x and, as none sets an architecture, on x86_64.
  kit: fc.tuple(entry, version, fc.constantFrom("fn-1", "fn-*", "none")).map(([fields, exception, name]) => ({
    ...fields,
    arn: `arn:aws:lambda:{region}:${owner}:layer:kit-{runtime}-{architecture}`,
    replaces: ["old-*"],
    variants: [
      { when: { architecture: "arm64" }, version: 1 },
      { when: { function: name, runtime: "nodejs*" }, version: exception },
    ],
  })),
  override: fc.option(version, { nil: undefined }),
});
const layersOfFunction = fc
  .uniqueArray(fc.constantFrom(...names), { maxLength: 5 })
  .chain((used) => fc.tuple(...used.map((name) => version.map((number) => arn(name, number)))));
const functions = fc
  .array(layersOfFunction, { minLength: 8, maxLength: 20 })
  .map((lists) => lists.map((layers, index) => ({ name: `fn-${index}`, layers })));

/** One change, as every front end names it. */
type Change = { function: string; layer: string; arn: string; from: number; to: number; target: string };

function changeLines(output: string): string[] {
  const lines = output.match(/Function \S+: Layer (?:\S+ version \d+ -> \d+|\S+:\d+ -> \S+:\d+)/g) ?? [];
  return [...new Set(lines)].sort();
}

function asLine({ function: name, layer, arn: from, from: old, to, target }: Change): string {
  if (target === `${from}:${to}`) return `Function ${name}: Layer ${layer} version ${old} -> ${to}`;
  return `Function ${name}: Layer ${layer}:${old} -> ${target.split(":").slice(-2).join(":")}`;
}

describe("policy, resource, plugin and CLI", function () {
  this.timeout(1_800_000);

  it("name the same functions, layers and versions", async () => {
    const emulator = await startEmulator();
    emulator.seed({
      layers: names.map((name) => ({
        name,
        versions: newest,
        ...(isTheirs(name) && { account: owner, sharedWith: "everyone" as const }),
      })),
    });
    const deployed = await createAwsStack({ env: emulator.env });
    const declaring = await createAwsStack({
      ...{ env: emulator.env, name: "declaring" },
      settings: { runtime: { name: "nodejs", options: { typescript: false } }, plugins },
    });
    const cli = (...args: string[]) =>
      run(process.execPath, [join(checkout, "dist/cli/bin.js"), ...args], {
        cwd: deployed.dir,
        env: deployed.env,
      });
    let seen = 0;
    try {
      await fc.assert(
        fc.asyncProperty(config, functions, async ({ override, ...layers }, program) => {
          const configFile = {
            "layer_config.yaml": JSON.stringify({
              layers,
              ...(override && { stack_overrides: { dev: { base: { version: override } } } }),
            }),
          };
          const own = `for (const { name, layers } of ${JSON.stringify(program)}) fn(name, { layers });`;
          await deployed.write({ "index.js": preamble + own, ...configFile });
          await deployed.up();
          await deployed.write({ "export.json": await deployed.exportText() });

          const policy = await deployed.pulumi(["preview", "--policy-pack", join(checkout, "policy-pack")]);

          const update = ["update", "--config", "layer_config.yaml", "--stack", "dev", "--dry-run", "--json"];
          const surgery = await cli(...update, "--state-file", "export.json");
          assert.equal(surgery.code, 0, surgery.output);
          const { changes } = JSON.parse(surgery.stdout) as { changes: Change[] };

          const owned = JSON.stringify({ functions: { names: program.map(({ name }) => name) } });
          const resource = `const { LayerVersions } = require("pulumi-lambda-layers");\nnew LayerVersions("layers", ${owned});`;
          await declaring.write({ "index.js": resource, ...configFile });
          const plan = await declaring.preview();
          await declaring.write({ "index.js": `${nativePreamble}new LayerVersions("layers", ${owned});` });
          const native = await declaring.preview();

          const expected = changes.map(asLine).sort();
          assert.deepEqual(changeLines(policy.output), expected);
          assert.deepEqual(changeLines(plan.output), expected);
          assert.deepEqual(changeLines(native.output), expected);
          assert.equal(policy.code === 0, expected.length === 0);
          seen += expected.length;
        }),
        { ...counts({ sample: 1, full: 25 }), endOnFailure: true },
      );
      assert.ok(seen > 0, "programs drift");
    } finally {
      await Promise.all([deployed.dispose(), declaring.dispose()]);
      await emulator.close();
    }
  });
});
