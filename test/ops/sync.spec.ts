import assert from "node:assert/strict";
import { failureOf } from "./fleet-harness";
import { backupNames, layer, type Told, update, useStack } from "./harness";

const config = "layers: { receipt-dynamo: { version: 5 }, receipt-label: { version: 3 } }\n";
const program = `
fn("a", { layers: [layer("unrelated", 1), layer("receipt-dynamo-dev", 1)] });
fn("b", { layers: [layer("receipt-dynamo-dev", 2), layer("receipt-label-dev", 1)] });
fn("c", { layers: [layer("unrelated", 1)] });
`;

describe("an update with --sync-aws", function () {
  this.timeout(60_000);
  const deployed = useStack(program, { files: { "layer_config.yaml": config } });
  beforeEach(() => deployed.reset());

  const sync = (options = {}) => update(deployed.project, { syncAws: true, ...options });
  const live = (name: string) => deployed.emulator.layersOf(name);
  const updates = () => deployed.emulator.counts().UpdateFunctionConfiguration ?? 0;
  const nothingWritten = async (told: Told) => {
    assert.deepEqual(await backupNames(deployed.project), []);
    assert.ok(!told.commands.includes("stack import"));
    assert.equal(updates(), 0);
  };

  it("brings state and functions to the declared versions, in place", async () => {
    const { lines, result, commands } = await sync();
    assert.deepEqual(live("a"), [layer("unrelated", 1), layer("receipt-dynamo-dev", 5)]);
    assert.deepEqual(live("b"), [layer("receipt-dynamo-dev", 5), layer("receipt-label-dev", 3)]);
    assert.deepEqual(live("c"), [layer("unrelated", 1)]);
    assert.equal(updates(), 2);
    const [first, second, ...updated] = lines.slice(lines.indexOf("INFO - Pulumi state updated successfully"));
    assert.deepEqual(
      [first, second, ...updated.sort()],
      [
        "INFO - Pulumi state updated successfully",
        `INFO - Run record: ${result?.aws?.record}`,
        "  - Function a: Layer receipt-dynamo-dev version 1 -> 5",
        "  - Function b: Layer receipt-dynamo-dev version 2 -> 5",
        "  - Function b: Layer receipt-label-dev version 1 -> 3",
        "INFO - Lambda functions: 2 updated",
        "INFO - Synchronizing 2 Lambda functions with AWS in us-east-1",
        "WARN - If the program sets layer versions itself, the next `pulumi up` restores those. Change them in the program too, or pin them there (LayerVersions, in Python pin_layers()). To check: pulumi preview --stack dev",
      ],
    );
    assert.deepEqual(
      result?.aws?.outcomes.map(({ function: name, status }) => `${name} ${status}`),
      ["a updated", "b updated"],
    );
    assert.equal(failureOf(result ?? {}), undefined);
    assert.equal(commands.length, 7);
  });

  it("repairs drift that is only in AWS, without changing the state", async () => {
    await sync();
    const { emulator, project } = deployed;
    const states = async () => (await backupNames(project)).filter((name) => !name.includes("_sync_"));
    const names = await states();
    emulator.edit("a", { Layers: [layer("unrelated", 1), layer("receipt-dynamo-dev", 2)] });
    emulator.resetCounts();
    const { result, commands } = await sync();
    assert.deepEqual(commands, ["stack export"]);
    assert.deepEqual(live("a"), [layer("unrelated", 1), layer("receipt-dynamo-dev", 5)]);
    assert.equal(updates(), 1);
    assert.deepEqual(result?.changes, []);
    assert.deepEqual(result?.aws?.changes.length, 1);
    assert.deepEqual(await states(), names);
  });

  it("shows both in a dry run, and changes neither", async () => {
    const told = await sync({ dryRun: true });
    assert.deepEqual(told.lines.slice(-4), [
      "INFO - Found 3 layer version updates in AWS:",
      "  - Function a: Layer receipt-dynamo-dev version 1 -> 5",
      "  - Function b: Layer receipt-dynamo-dev version 2 -> 5",
      "  - Function b: Layer receipt-label-dev version 1 -> 3",
    ]);
    assert.equal(told.result?.aws?.changes.length, 3);
    await nothingWritten(told);
  });

  it("returns the functions that failed, and updates all others", async () => {
    const { emulator, project } = deployed;
    emulator.fault({
      operation: "UpdateFunctionConfiguration",
      resource: "a",
      status: 400,
      code: "InvalidParameterValueException",
      message: "no luck",
    });
    const { result, lines } = await sync();
    const failure = failureOf(result ?? {});
    assert.equal(failure?.code, "aws-update-failed");
    assert.equal(failure?.exitStatus, 4);
    assert.match(
      failure?.describe() ?? "",
      /^1 of 2 functions were not updated in AWS\.\n {2}Function a was not updated in AWS: .*no luck/,
    );
    assert.ok(lines.some((line) => line.startsWith("WARN - Function a was not updated in AWS: ")));
    assert.deepEqual(live("b"), [layer("receipt-dynamo-dev", 5), layer("receipt-label-dev", 3)]);
    assert.match(await project.stateText(), /receipt-dynamo-dev:5/);

    emulator.clearFaults();
    emulator.resetCounts();
    const again = await sync();
    assert.equal(failureOf(again.result ?? {}), undefined);
    assert.equal(updates(), 1);
  });

  describe("finds out before the state is changed", () => {
    it("that a layer version does not exist", async () => {
      await deployed.project.write({ "missing.yaml": "layers: { receipt-dynamo: { version: 77 } }\n" });
      const told = await sync({ configPath: "missing.yaml" });
      assert.equal(told.error?.code, "layer-version-missing");
      assert.match(
        told.error?.message ?? "",
        /^Layer version does not exist: .*receipt-dynamo-dev:77, needed by functions a, b.*Nothing was changed\.$/s,
      );
      await nothingWritten(told);
    });

    it("nothing about that if settings.validate_layer_exists is false", async () => {
      const settings = "settings: { validate_layer_exists: false }\n";
      await deployed.project.write({ "unchecked.yaml": `layers: { receipt-dynamo: { version: 77 } }\n${settings}` });
      const { result } = await sync({ configPath: "unchecked.yaml", dryRun: true });
      assert.equal(result?.aws?.changes.length, 2);
      assert.equal(deployed.emulator.counts().GetLayerVersion, undefined);
    });

    it("that a function may not be read", async () => {
      deployed.emulator.deny({ action: "lambda:GetFunction" });
      const told = await sync();
      assert.equal(told.error?.code, "aws-permission");
      assert.match(told.error?.message ?? "", /lambda:GetFunction.*Nothing was changed\.$/s);
      await nothingWritten(told);
    });

    it("that a function may not be updated, according to IAM", async () => {
      deployed.emulator.deny({ action: "lambda:UpdateFunctionConfiguration", resource: "*:function:b" });
      const told = await sync();
      assert.equal(told.error?.code, "aws-permission");
      assert.match(
        told.error?.message ?? "",
        /^AWS permission missing: lambda:UpdateFunctionConfiguration on .*:function:b is denied\.\sNothing was changed\.$/,
      );
      await nothingWritten(told);
    });

    it("that credentials are missing", async () => {
      const { AWS_ACCESS_KEY_ID: key } = process.env;
      delete process.env.AWS_ACCESS_KEY_ID;
      try {
        const told = await sync();
        assert.equal(told.error?.code, "aws-credentials");
        assert.match(told.error?.message ?? "", /^AWS credentials not configured.*Nothing was changed\.$/s);
        assert.equal(told.error?.exitStatus, 3);
        await nothingWritten(told);
      } finally {
        process.env.AWS_ACCESS_KEY_ID = key;
      }
    });
  });

  describe("covers", () => {
    before(() => {
      const layers = [layer("receipt-dynamo-dev", 1)];
      deployed.emulator.seed({
        functions: [
          { name: "tagged", layers, tags: { environment: "dev" } },
          { name: "of-pulumi", layers, tags: { "pulumi:stack": "dev" } },
          { name: "other-team", layers, tags: { environment: "prod", team: "x" } },
          { name: "untagged", layers },
        ],
      });
    });
    const meant = async (options: object) => {
      const { result, error } = await sync({ dryRun: true, ...options });
      assert.equal(error, undefined);
      return [...new Set(result?.aws?.changes.map(({ function: name }) => name))].sort();
    };

    it("the functions of the stack's state", async () => {
      assert.deepEqual(await meant({}), ["a", "b"]);
    });
    it("with --all-functions also functions that are tagged as the stack's", async () => {
      assert.deepEqual(await meant({ allFunctions: true }), ["a", "b", "of-pulumi", "tagged"]);
    });
    it("with --tag also functions that have the tags", async () => {
      assert.deepEqual(await meant({ tags: { team: "x", environment: "prod" } }), ["a", "b", "other-team"]);
    });
    it("of all these only the named ones, without the excluded ones", async () => {
      assert.deepEqual(await meant({ allFunctions: true, functions: ["a", "tagged"] }), ["a", "tagged"]);
      assert.deepEqual(await meant({ allFunctions: true, exclude: ["a", "tagged"] }), ["b", "of-pulumi"]);
    });
    it("of the state's functions those in the named region", async () => {
      const { error } = await sync({ dryRun: true, region: "eu-west-1" });
      assert.deepEqual(
        [error?.code, error?.message, error?.next],
        [
          "usage",
          "None of the functions is in a region of this run. Function a: it is in us-east-1, but this run is for eu-west-1. Nothing was changed.",
          "The functions are in us-east-1: choose one of these with --region.",
        ],
      );
    });
  });

  it("skips, and reports, a function that does not exist in AWS", async () => {
    const { emulator } = deployed;
    emulator.fault({ operation: "GetFunction", resource: "b", status: 404, code: "ResourceNotFoundException" });
    const { result, lines } = await sync({ dryRun: true });
    assert.deepEqual(result?.aws?.skipped, [
      { function: "b", reason: "it does not exist in AWS in us-east-1; `pulumi up --refresh` creates it again" },
    ]);
    assert.ok(
      lines.includes(
        "WARN - Function b is skipped: it does not exist in AWS in us-east-1; `pulumi up --refresh` creates it again.",
      ),
    );
  });
});
