import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { startEmulator } from "../emulator";
import { createAwsStack, preamble } from "../support/aws-stack";
import { counts } from "../support/counts";
import { checkout } from "../support/engine";
import { run } from "../support/processes";

const newest = 9;
const owner = "464622532012";
const names = ["base", "base-dev", "dev-base", "bases", "tool-a", "tool-b", "extra", "theirs"] as const;

const arn = (name: string, version: number) =>
  `arn:aws:lambda:us-east-1:${name === "theirs" ? owner : "123456789012"}:layer:${name}:${version}`;

const version = fc.integer({ min: 1, max: newest });
const entry = fc.record({ version, enforce: fc.constantFrom("exact", "minimum") });
const config = fc.record({
  base: entry,
  tools: entry.map((fields) => ({ ...fields, names: ["tool-*"] })),
  special: entry.map((fields) => ({ ...fields, names: ["tool-{stack}", "tool-b"] })),
  theirs: entry.map((fields) => ({ ...fields, arn: arn("theirs", 1).replace(/:1$/, "") })),
  override: fc.option(version, { nil: undefined }),
});
const layersOfFunction = fc
  .uniqueArray(fc.constantFrom(...names), { maxLength: 5 })
  .chain((used) => fc.tuple(...used.map((name) => version.map((number) => arn(name, number)))));
const functions = fc
  .array(layersOfFunction, { minLength: 8, maxLength: 20 })
  .map((lists) => lists.map((layers, index) => ({ name: `fn-${index}`, layers })));

/** One change, as every front end names it. */
type Change = { function: string; layer: string; from: number; to: number };

function changeLines(output: string): string[] {
  const lines = output.match(/Function \S+: Layer \S+ version \d+ -> \d+/g) ?? [];
  return [...new Set(lines)].sort();
}

const asLine = (change: Change) =>
  `Function ${change.function}: Layer ${change.layer} version ${change.from} -> ${change.to}`;

describe("policy, resource and CLI", function () {
  this.timeout(1_800_000);

  it("name the same functions, layers and versions", async () => {
    const emulator = await startEmulator();
    emulator.seed({
      layers: names.map((name) => ({
        name,
        versions: newest,
        ...(name === "theirs" && { account: owner, sharedWith: "everyone" as const }),
      })),
    });
    const deployed = await createAwsStack({ env: emulator.env });
    const declaring = await createAwsStack({ env: emulator.env, name: "declaring" });
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

          const expected = changes.map(asLine).sort();
          assert.deepEqual(changeLines(policy.output), expected);
          assert.deepEqual(changeLines(plan.output), expected);
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
