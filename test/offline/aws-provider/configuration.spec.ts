import assert from "node:assert/strict";
import { type Emulator, startEmulator } from "../../emulator";
import { createAwsStack, preamble, recorded } from "../../support/aws-stack";
import { itSampled } from "../../support/counts";
import type { Project } from "../../support/engine";

const base = "arn:aws:lambda:us-east-1:123456789012:layer:base:1";

const program = `${preamble}
const aws = require("@pulumi/aws");
const options = { provider: new aws.Provider("other", {
  region: "us-west-2", accessKey: "AKIAOTHER", secretKey: "the other's secret", defaultTags: { tags: { owner: "ops" } },
}) };
const east = fn("east", { tags: { team: "x" }, timeout: 10, publish: true });
new lambda.Alias("live", { name: "live", functionName: east.name, functionVersion: east.version });
fn("west", { tags: { team: "x" } }, options);
fn("north", { region: "eu-north-1" });
const existing = lambda.Function.get("existing", "existing");
fn("imported", { name: "existing", role: "arn:aws:iam::123456789012:role/seed", layers: ["${base}"], code: undefined }, { import: "existing" });
exports.layers = existing.layers;
exports.region = aws.getRegionOutput().region;
exports.account = aws.getCallerIdentityOutput({}, options).accountId;
`;

describe("aws provider: where its calls go", function () {
  this.timeout(120_000);
  let emulator: Emulator;
  let stack: Project;

  before(async () => {
    emulator = await startEmulator({ accessKeys: { AKIAOTHER: "222222222222" } });
    emulator.seed({ layers: [{ name: "base", versions: 1 }], functions: [{ name: "existing", layers: ["base:1"] }] });
    stack = await createAwsStack({ env: emulator.env, program });
    await stack.up();
  });
  after(async () => {
    await stack?.dispose();
    await emulator?.close();
  });

  const names = (where: object) => emulator.functions(where).map(({ name }) => name);

  itSampled("uses the region and credentials of stack, provider and resource", async () => {
    assert.deepEqual(names({ account: "222222222222", region: "us-west-2" }), ["west"]);
    assert.deepEqual(names({ region: "eu-north-1" }), ["north"]);
    assert.ok(names({}).includes("east"));
  });

  it("records each resource's region among its inputs, though programs give none, and no default", async () => {
    const regions = { east: "us-east-1", west: "us-west-2", north: "eu-north-1" };
    for (const [name, region] of Object.entries(regions)) {
      const { inputs } = await recorded(stack, name);
      assert.deepEqual([inputs.region, inputs.__defaults.includes("region")], [region, false]);
    }
  });

  it("adds the provider's default tags", async () => {
    const { inputs, outputs } = await recorded(stack, "west");
    assert.deepEqual([inputs.tags, inputs.tagsAll], [{ team: "x" }, { owner: "ops", team: "x" }]);
    assert.deepEqual([outputs.tags, outputs.tagsAll], [{ team: "x" }, { owner: "ops", team: "x" }]);
  });

  it("answers for region and account, and reads what others made", async () => {
    const { outputs } = await recorded(stack, "test-dev");
    assert.deepEqual(outputs, { account: "222222222222", layers: [base], region: "us-east-1" });
  });

  itSampled("imports what others made", async () => {
    const { inputs, id } = await recorded(stack, "imported");
    assert.deepEqual([id, inputs.layers], ["existing", [base]]);
    await stack.preview("--expect-no-changes");
  });

  itSampled("changes tags and settings in place and publishes a version", async () => {
    await stack.write({
      "index.js": program.replace('tags: { team: "x" }, timeout: 10', 'tags: { squad: "y" }, timeout: 20'),
    });
    const { stdout } = await stack.preview();
    assert.match(
      stdout,
      /Function +east +update +\[diff: ~qualifiedArn,qualifiedInvokeArn,tags,tagsAll,timeout,version\]/,
    );
    assert.match(stdout, /Alias +live +update +\[diff: ~functionVersion\]/);
    await stack.up();
    assert.equal((await recorded(stack, "live")).outputs.functionVersion, "2");
    const { outputs } = await recorded(stack, "east");
    assert.deepEqual([outputs.timeout, outputs.version], [20, "2"]);
    const live = emulator.functions().find(({ name }) => name === "east");
    assert.deepEqual([live?.tags, live?.configuration.Timeout], [{ squad: "y" }, 20]);
  });

  it("keeps credentials out of the state's plain text", async () => {
    const text = await stack.exportText();
    for (const secret of ["AKIAOTHER", "the other's secret"]) assert.ok(!text.includes(secret));
  });
});
