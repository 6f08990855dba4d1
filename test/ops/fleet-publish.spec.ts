import assert from "node:assert/strict";
import { Lambda } from "@aws-sdk/client-lambda";
import { syncFailure } from "../../sdk/ops/sync";
import { executeRunRollback, planRunRollback } from "../../sdk/ops/sync-rollback";
import { arnOf, base } from "../aws/harness";
import { taggedFleet, useFleet } from "./fleet-harness";

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
  const putBack = async (record = "") => {
    const ports = fleet.ports();
    return executeRunRollback(ports, await planRunRollback(ports, { stack: "dev", record }));
  };

  it("leaves published versions as they are, and says which aliases serve them", async () => {
    fleet.emulator.seed(taggedFleet(3));
    await serve("fn-0001");
    const { aws } = await fleet.sync();
    assert.deepEqual(await layersServed("fn-0001"), [base(1, "first"), base(1), base(1, "last")]);
    assert.deepEqual(
      aws.aliases.map(({ function: name, alias, version }) => [name, alias, version]),
      [["fn-0001", "live", "1"]],
    );
    assert.deepEqual(fleet.lines.slice(-2), [
      "INFO - Found 1 alias that serves other layer versions:",
      "  - Function fn-0001: alias live serves version 1 with base version 1 instead of 2",
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
    assert.equal(fleet.lines.at(-1), "  - Function fn-0001: version 1 is published");
  });

  it("moves an alias on request, also where the function itself needs no update", async () => {
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
    assert.equal(syncFailure(aws), undefined);
    const again = await fleet.sync({ functions: ["fn-0000", "fn-0001"], publish: { alias: "live" } });
    assert.equal(again.aws.record, undefined);
  });

  it("moves no alias to code that nobody has released, and exits with 4", async () => {
    fleet.emulator.seed(taggedFleet(2));
    await serve("fn-0000", "fn-0001");
    await lambda.updateFunctionCode({ FunctionName: "fn-0001", ZipFile: Buffer.from("new") });
    const { aws } = await fleet.sync({ publish: { alias: "live" } });
    assert.deepEqual([await served("fn-0000"), await served("fn-0001")], ["2", "1"]);
    assert.match(syncFailure(aws)?.message ?? "", /Function fn-0001 was not published: .*differs .* more than layers/);
    assert.equal(syncFailure(aws)?.exitStatus, 4);
    assert.deepEqual(
      aws.aliases.map(({ function: name }) => name),
      ["fn-0001"],
    );
  });

  it("asks beforehand whether it may publish", async () => {
    fleet.emulator.seed(taggedFleet(1));
    await serve("fn-0000");
    fleet.emulator.deny({ action: "lambda:UpdateAlias" });
    await assert.rejects(fleet.sync({ publish: { alias: "live" } }), {
      code: "aws-permission",
      message: `AWS permission missing: lambda:UpdateAlias on ${arnOf("fn-0000")} is denied.\nNothing was changed.`,
    });
  });

  it("puts aliases back with the run, except those that others have moved since", async () => {
    fleet.emulator.seed(taggedFleet(2));
    await serve("fn-0000", "fn-0001");
    const { aws } = await fleet.sync({ publish: { alias: "live" } });
    await lambda.updateAlias({ FunctionName: "fn-0001", Name: "live", FunctionVersion: "$LATEST" });
    const back = await putBack(aws.record);
    assert.deepEqual([await served("fn-0000"), await served("fn-0001")], ["1", "$LATEST"]);
    const reasons = back.aws.aliases.map(({ function: name, from, to, reason }) => [name, from, to, reason]);
    assert.deepEqual(reasons, [
      ["fn-0000", "2", "1", undefined],
      ["fn-0001", "2", "1", "Alias live of fn-0001 was moved by somebody else: it serves $LATEST."],
    ]);
    assert.deepEqual(fleet.emulator.layersOf("fn-0000")[1], base(1));
  });

  it("puts aliases back when a check fails", async () => {
    fleet.emulator.seed(taggedFleet(4));
    await serve("fn-0000", "fn-0001");
    const request = { functions: ["fn-0000", "fn-0001"], publish: { alias: "live" } };
    await fleet.sync(request, { canary: { count: 1 }, check: "false" });
    assert.deepEqual([await served("fn-0000"), await served("fn-0001")], ["1", "1"]);
    assert.deepEqual(fleet.emulator.layersOf("fn-0000")[1], base(1));
  });

  it("finishes publishing when it is resumed", async () => {
    fleet.emulator.seed(taggedFleet(3));
    await serve("fn-0000", "fn-0001", "fn-0002");
    const fault = { operation: "PublishVersion", status: 400, code: "InvalidParameterValueException" };
    fleet.emulator.fault({ ...fault, resource: "fn-0001" });
    const { aws } = await fleet.sync({ publish: { alias: "live" } });
    assert.equal(await served("fn-0001"), "1");
    fleet.emulator.clearFaults();
    fleet.emulator.resetCounts();
    await fleet.resume({ record: aws.record });
    assert.deepEqual(await Promise.all(["fn-0000", "fn-0001", "fn-0002"].map(served)), ["2", "2", "2"]);
    const { UpdateFunctionConfiguration, PublishVersion } = fleet.emulator.counts();
    assert.deepEqual([UpdateFunctionConfiguration, PublishVersion], [undefined, 1]);
  });
});
