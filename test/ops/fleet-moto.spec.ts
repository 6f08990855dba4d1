import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { IAM } from "@aws-sdk/client-iam";
import { Lambda } from "@aws-sdk/client-lambda";
import { loadLayerConfig } from "../../sdk/files/config-file";
import { executeRunRollback, planRunRollback } from "../../sdk/ops/rollback";
import { executeSync, planSync } from "../../sdk/ops/sync";
import { createPorts } from "../../sdk/wiring";
import { base, withEnv } from "../aws/harness";
import { removeFolder, temporaryFolder } from "../support/folders";
import { describeOnMoto, type Moto, startMoto } from "../support/moto";
import { configFor } from "./fleet-harness";
import { keepLines } from "./harness";

// What works without revisions and throttling, on an AWS emulator written by others.
describeOnMoto("a sync on moto", (python) => {
  let moto: Moto;
  let dir: string;
  let restore: () => void;
  const lines: string[] = [];

  before(async function () {
    this.timeout(600_000); // installs moto the first time
    moto = await startMoto(python);
    restore = withEnv(moto.env);
    dir = await temporaryFolder();
    await writeFile(join(dir, "layer_config.yaml"), configFor(2));
    await populate();
  });
  after(async () => {
    restore?.();
    await moto?.stop();
    await removeFolder(dir);
  });

  const ports = () => createPorts({ cwd: dir, reporter: keepLines(lines), rate: 1000 });
  const layersOf = async () => {
    const lambda = new Lambda({});
    const { Functions = [] } = await lambda.listFunctions({});
    lambda.destroy();
    return Functions.map(({ FunctionName, Layers = [] }) => [FunctionName, ...Layers.map(({ Arn }) => Arn)]);
  };
  let record = "";

  it("updates tagged functions, reports aliases, and records both", async function () {
    this.timeout(60_000);
    const request = { stack: "dev", config: loadLayerConfig("layer_config.yaml", dir), allFunctions: true };
    const all = ports();
    const { aws } = await executeSync(all, await planSync(all, request));
    assert.deepEqual(
      aws.outcomes.map(({ function: name, status }) => [name, status]),
      [
        ["fn-0", "updated"],
        ["fn-2", "updated"],
      ],
    );
    assert.deepEqual(await layersOf(), [
      ["fn-0", base(1, "first"), base(2)],
      ["fn-1", base(1, "first"), base(1)],
      ["fn-2", base(1, "first"), base(2)],
    ]);
    assert.deepEqual(
      aws.aliases.map(({ function: name, alias }) => [name, alias]),
      [["fn-2", "live"]],
    );
    // moto has no policy simulator.
    assert.match(lines[0] ?? "", /^WARN - Permissions were not checked in advance\./);
    record = aws.record ?? "";
  });

  it("is rolled back by its record", async () => {
    const all = ports();
    await executeRunRollback(all, await planRunRollback(all, { stack: "dev", record, retentionDays: 30 }));
    for (const [, , layer] of await layersOf()) assert.equal(layer, base(1));
  });
});

/** Three functions with two layers each; two are tagged as the stack's, and one of these serves an alias. */
async function populate(): Promise<void> {
  const iam = new IAM({});
  const lambda = new Lambda({});
  const { Role } = await iam.createRole({ RoleName: "lambda", AssumeRolePolicyDocument: "{}" });
  const ZipFile = Buffer.from("UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==", "base64");
  for (const LayerName of ["first", "base", "base"])
    await lambda.publishLayerVersion({ LayerName, Content: { ZipFile } });
  for (let index = 0; index < 3; index += 1) {
    await lambda.createFunction({
      FunctionName: `fn-${index}`,
      Role: Role?.Arn,
      Runtime: "python3.12",
      Handler: "index.handler",
      Code: { ZipFile },
      Layers: [base(1, "first"), base(1)],
      Tags: { environment: index === 1 ? "prod" : "dev" },
    });
  }
  const { Version } = await lambda.publishVersion({ FunctionName: "fn-2" });
  await lambda.createAlias({ FunctionName: "fn-2", Name: "live", FunctionVersion: Version });
  iam.destroy();
  lambda.destroy();
}
