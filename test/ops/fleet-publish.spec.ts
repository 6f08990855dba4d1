import assert from "node:assert/strict";
import { Lambda } from "@aws-sdk/client-lambda";
import { arnOf, base } from "../aws/harness";
import { failureOf, taggedFleet, useFleet } from "./fleet-harness";

describe("a sync of functions with aliases", function () {
  this.timeout(60_000);
  const fleet = useFleet();
  let lambda: Lambda;
  beforeEach(() => {
    lambda = new Lambda({});
  });
  afterEach(() => lambda.destroy());

  /** Functions that serve their version 1 as `live`. */
  async function serve(...names: string[]): Promise<void> {
    for (const FunctionName of names) {
      const { Version } = await lambda.publishVersion({ FunctionName });
      await lambda.createAlias({ FunctionName, Name: "live", FunctionVersion: Version });
    }
    fleet.emulator.resetCounts();
  }
  const served = async (FunctionName: string) =>
    (await lambda.getAlias({ FunctionName, Name: "live" })).FunctionVersion;
  const layersServed = async (FunctionName: string) =>
    (await lambda.getFunctionConfiguration({ FunctionName, Qualifier: "live" })).Layers?.map(({ Arn }) => Arn);
  it("leaves published versions alone, and says which aliases serve them", async () => {
    fleet.emulator.seed(taggedFleet(3));
    await serve("fn-0001", "fn-0002");
    fleet.emulator.edit("fn-0002", { Layers: ["base:2"] });
    const { Version } = await lambda.publishVersion({ FunctionName: "fn-0002" });
    // Most of its traffic goes to versions that are as declared.
    const RoutingConfig = { AdditionalVersionWeights: { 1: 0.1 } };
    await lambda.updateAlias({ FunctionName: "fn-0002", Name: "live", FunctionVersion: Version, RoutingConfig });
    fleet.emulator.resetCounts();
    const { aws } = await fleet.sync();
    assert.deepEqual(await layersServed("fn-0001"), [base(1, "first"), base(1), base(1, "last")]);
    assert.deepEqual(
      aws.aliases.map(({ function: name, alias, version }) => [name, alias, version]),
      [
        ["fn-0001", "live", "1"],
        ["fn-0002", "live", "1"],
      ],
    );
    assert.deepEqual(fleet.told.slice(-3), [
      "INFO - Found 2 aliases that serve other layer versions:",
      "  - Function fn-0001: alias live serves version 1 with base version 1 instead of 2",
      "  - Function fn-0002: alias live serves version 1 with base version 1 instead of 2",
    ]);
    assert.equal(aws.calls.PublishVersion, undefined);
  });

  it("publishes what it has updated on request", async () => {
    fleet.emulator.seed(taggedFleet(3));
    fleet.emulator.edit("fn-0002", { Layers: ["base:2"] });
    const { aws } = await fleet.sync({ publish: {} });
    assert.deepEqual(
      aws.published.map(({ function: name, status, version }) => [name, status, version]),
      [
        ["fn-0000", "published", "1"],
        ["fn-0001", "published", "1"],
      ],
    );
    assert.equal(fleet.told.at(-1), "  - Function fn-0001: version 1 is published");
  });

  it("publishes named functions even if they are as declared, and none a second time", async () => {
    fleet.emulator.seed(taggedFleet(2));
    await fleet.sync();
    assert.deepEqual((await fleet.sync({ publish: {} })).aws.published, []);
    const named = { allFunctions: false, functions: ["fn-0001"], publish: {} };
    for (const _ of [1, 2]) {
      const { aws } = await fleet.sync(named);
      assert.deepEqual(
        aws.published.map(({ function: name, status, version }) => [name, status, version]),
        [["fn-0001", "published", "1"]],
      );
    }
  });

  it("moves an alias on request, even if the function itself needs no update", async () => {
    fleet.emulator.seed(taggedFleet(3));
    await serve("fn-0000", "fn-0001");
    fleet.emulator.edit("fn-0001", { Layers: ["first:1", "base:2", "last:1"] });
    const { aws } = await fleet.sync({ functions: ["fn-0000", "fn-0001"], publish: { alias: "live" } });
    for (const name of ["fn-0000", "fn-0001"]) {
      assert.equal(await served(name), "2");
      assert.deepEqual((await layersServed(name))?.[1], base(2));
    }
    assert.equal(aws.calls.UpdateFunctionConfiguration, 1);
    assert.deepEqual(aws.aliases, []);
    assert.ok(fleet.lines.includes("  - Function fn-0001: alias live version 1 -> 2"));
    assert.equal(failureOf({ stack: "dev", aws }), undefined);
    const again = await fleet.sync({ functions: ["fn-0000", "fn-0001"], publish: { alias: "live" } });
    assert.equal(again.aws.record, undefined);
  });

  it("moves no alias to code that nobody has released, and exits with 4", async () => {
    fleet.emulator.seed(taggedFleet(2));
    await serve("fn-0000", "fn-0001");
    await lambda.updateFunctionCode({ FunctionName: "fn-0001", ZipFile: Buffer.from("new") });
    const { aws } = await fleet.sync({ publish: { alias: "live" } });
    assert.deepEqual([await served("fn-0000"), await served("fn-0001")], ["2", "1"]);
    assert.match(
      failureOf({ stack: "dev", aws })?.message ?? "",
      /Function fn-0001 was not published: .*differs .* more than layers/,
    );
    assert.equal(failureOf({ stack: "dev", aws })?.exitStatus, 4);
    assert.deepEqual(
      aws.aliases.map(({ function: name }) => name),
      ["fn-0001"],
    );
  });

  it("reports in a dry run what would be published, and what is known to be refused", async () => {
    fleet.emulator.seed(taggedFleet(5));
    await serve("fn-0000", "fn-0001", "fn-0002");
    for (let version = 2; version <= 3; version++) {
      fleet.emulator.edit("fn-0001", { MemorySize: 128 * version });
      await lambda.publishVersion({ FunctionName: "fn-0001" });
    }
    const RoutingConfig = { AdditionalVersionWeights: { 2: 0.5 } };
    await lambda.updateAlias({ FunctionName: "fn-0001", Name: "live", FunctionVersion: "3", RoutingConfig });
    await lambda.updateAlias({ FunctionName: "fn-0002", Name: "live", FunctionVersion: "$LATEST" });
    fleet.emulator.edit("fn-0004", { Layers: [] });
    fleet.emulator.resetCounts();
    const plain = await fleet.sync({ publish: {}, dryRun: true });
    assert.equal(plain.aws.toPublish?.length, 4);
    const from = fleet.lines.indexOf("INFO - Found 4 functions to publish:");
    assert.equal(fleet.lines[from + 1], "  - Function fn-0000: a new version");
    fleet.lines.length = 0;
    const { aws } = await fleet.sync({ publish: { alias: "live" }, dryRun: true });
    assert.deepEqual(fleet.lines.slice(-4), [
      "INFO - Found 1 function to publish:",
      "  - Function fn-0000: alias live version 1 -> a new version",
      "WARN - Function fn-0001 cannot be published: Alias live of fn-0001 splits traffic between two versions.",
      "WARN - Function fn-0003 cannot be published: Function fn-0003 has no alias live.",
    ]);
    assert.deepEqual(aws.toPublish?.[0], {
      function: "fn-0000",
      functionArn: arnOf("fn-0000"),
      region: "us-east-1",
      alias: { name: "live", from: "1" },
    });
    assert.deepEqual(fleet.emulator.writes(), []);
    assert.equal((await fleet.sync({ dryRun: true })).aws.toPublish, undefined);
  });

  for (const size of [3, 60]) {
    it(`refuses an alias that no function has, even if layers are as declared, of ${size} functions`, async () => {
      fleet.emulator.seed(taggedFleet(size));
      const first = await fleet.sync({ publish: { alias: "nosuch" } });
      const reason = "Function fn-0001 was not published: Function fn-0001 has no alias nosuch.";
      assert.ok(failureOf(first)?.message.includes(reason));
      const again = await fleet.sync({ publish: { alias: "nosuch" } });
      const failure = failureOf(again);
      assert.ok(failure?.message.includes(reason));
      assert.equal(failure?.exitStatus, 4);
      assert.deepEqual(again.aws.changes, []);
      // It has changed nothing, so there is nothing to roll back.
      assert.match(failureOf(first)?.next ?? "", /rollback/);
      assert.match(failure?.next ?? "", /^Attempt the others: {3}lambda-layers sync --stack dev --resume \S+$/);
    });
  }

  it("asks in advance whether it may publish", async () => {
    fleet.emulator.seed(taggedFleet(1));
    await serve("fn-0000");
    fleet.emulator.deny({ action: "lambda:UpdateAlias" });
    await assert.rejects(fleet.sync({ publish: { alias: "live" } }), {
      code: "aws-permission",
      message: `AWS permission missing: lambda:UpdateAlias on ${arnOf("fn-0000")} is denied. Nothing was changed.`,
    });
  });

  it("moves aliases back with the run, except those that others have moved since", async () => {
    fleet.emulator.seed(taggedFleet(2));
    await serve("fn-0000", "fn-0001");
    const { aws } = await fleet.sync({ publish: { alias: "live" } });
    await lambda.updateAlias({ FunctionName: "fn-0001", Name: "live", FunctionVersion: "$LATEST" });
    fleet.lines.length = 0;
    const told = [
      "INFO - Found 2 aliases to move back:",
      "  - Function fn-0000: alias live version 2 -> 1",
      "  - Function fn-0001: alias live version 2 -> 1",
    ];
    const planned = await fleet.rollback({ record: aws.record, dryRun: true });
    assert.deepEqual(fleet.told.slice(-3), told);
    const move = { alias: "live", from: "2", to: "1" };
    assert.deepEqual(
      planned.aws.aliases,
      ["fn-0000", "fn-0001"].map((name) => ({ function: name, functionArn: arnOf(name), ...move })),
    );
    fleet.lines.length = 0;
    const back = await fleet.rollback({ record: aws.record });
    assert.deepEqual(fleet.lines.slice(0, 3), told);
    assert.deepEqual([await served("fn-0000"), await served("fn-0001")], ["1", "$LATEST"]);
    const reasons = back.aws.aliases.map(({ function: name, from, to, reason }) => [name, from, to, reason]);
    assert.deepEqual(reasons, [
      ["fn-0000", "2", "1", undefined],
      ["fn-0001", "2", "1", "Alias live of fn-0001 was moved by someone else and now serves $LATEST."],
    ]);
    assert.deepEqual(fleet.emulator.layersOf("fn-0000")[1], base(1));
  });

  it("moves aliases back before layers, and one that could not be moved with the next rollback", async () => {
    fleet.emulator.seed(taggedFleet(2));
    await serve("fn-0000", "fn-0001");
    const { aws } = await fleet.sync({ publish: { alias: "live" } });
    fleet.emulator.resetCounts();
    fleet.emulator.fault({
      operation: "UpdateAlias",
      resource: "fn-0001",
      status: 400,
      code: "InvalidParameterValueException",
    });
    const first = await fleet.rollback({ record: aws.record });
    assert.deepEqual(
      fleet.emulator.writes().map(({ operation }) => operation),
      ["UpdateAlias", "UpdateFunctionConfiguration", "UpdateFunctionConfiguration"],
    );
    assert.deepEqual(
      first.aws.aliases.map(({ reason }) => reason === undefined),
      [true, false],
    );
    assert.deepEqual([await served("fn-0000"), await served("fn-0001")], ["1", "2"]);
    fleet.emulator.clearFaults();
    await fleet.rollback({ record: aws.record });
    assert.deepEqual([await served("fn-0000"), await served("fn-0001")], ["1", "1"]);
  });

  it("moves aliases back if a check fails", async () => {
    fleet.emulator.seed(taggedFleet(4));
    await serve("fn-0000", "fn-0001");
    const request = { functions: ["fn-0000", "fn-0001"], publish: { alias: "live" } };
    await fleet.sync(request, { canary: { count: 1 }, check: "false" });
    assert.deepEqual(fleet.told.slice(-2), [
      "INFO - Lambda functions: 1 updated and rolled back, 1 not attempted",
      "  - Function fn-0000: alias live version 1 -> 2, then back to 1",
    ]);
    assert.deepEqual([await served("fn-0000"), await served("fn-0001")], ["1", "1"]);
    assert.deepEqual(fleet.emulator.layersOf("fn-0000")[1], base(1));
  });

  it("finishes publishing if it is resumed", async () => {
    fleet.emulator.seed(taggedFleet(3));
    await serve("fn-0000", "fn-0001", "fn-0002");
    const fault = { operation: "PublishVersion", status: 400, code: "InvalidParameterValueException" };
    fleet.emulator.fault({ ...fault, resource: "fn-0001" });
    const { aws } = await fleet.sync({ publish: { alias: "live" } });
    assert.equal(await served("fn-0001"), "1");
    fleet.emulator.clearFaults();
    fleet.emulator.resetCounts();
    await fleet.resume({ record: aws.record, dryRun: true });
    assert.ok(fleet.lines.includes("INFO - What is left to publish is known only once the run continues"));
    await fleet.resume({ record: aws.record });
    assert.deepEqual(await Promise.all(["fn-0000", "fn-0001", "fn-0002"].map(served)), ["2", "2", "2"]);
    const { UpdateFunctionConfiguration, PublishVersion } = fleet.emulator.counts();
    assert.deepEqual([UpdateFunctionConfiguration, PublishVersion], [undefined, 1]);
  });
});
