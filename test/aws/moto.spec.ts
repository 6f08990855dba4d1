import assert from "node:assert/strict";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { CreateFunctionCommand, LambdaClient, PublishLayerVersionCommand } from "@aws-sdk/client-lambda";
import { checkTargets } from "../../sdk/aws/preflight";
import { connectAws } from "../../sdk/aws/session";
import type { AwsPort } from "../../sdk/ports";
import { describeOnMoto, type Moto, startMoto } from "../support/moto";
import { base, moveBase, withEnv } from "./harness";

// What works without paging, throttling and revisions, on an AWS emulator written by others.
describeOnMoto("the AWS session on moto", (python) => {
  let moto: Moto;
  let aws: AwsPort;
  let restore: () => void;

  before(async function () {
    this.timeout(600_000); // installs moto the first time
    moto = await startMoto(python);
    restore = withEnv(moto.env);
    await populate();
    aws = await connectAws({});
  });
  after(async () => {
    aws?.close();
    restore?.();
    await moto?.stop();
  });

  it("says whose credentials it has", async () => {
    assert.equal((await aws.callerIdentity()).account, "123456789012");
  });

  it("selects functions by name, by tag, and all of them", async () => {
    const named = await aws.listFunctions({ names: ["fn-1", "gone"] });
    assert.deepEqual([named.functions.map(({ name }) => name), named.missing], [["fn-1"], ["gone"]]);
    const tagged = await aws.listFunctions({ tags: { team: "even" } });
    assert.deepEqual(
      tagged.functions.map(({ name }) => name),
      ["fn-0", "fn-2"],
    );
    assert.equal((await aws.listFunctions({ all: true })).functions.length, 4);
  });

  it("distinguishes an existing layer version from one that does not exist", async () => {
    assert.equal(typeof (await aws.layerVersion(base(2))), "object");
    assert.equal(await aws.layerVersion(base(9)), "missing");
  });

  it("finds layer versions that are missing or for another runtime before anything changes", async () => {
    const { functions } = await aws.listFunctions({ names: ["fn-0"] });
    const [fn] = functions;
    assert.ok(fn);
    const problems = await checkTargets(aws, [{ function: fn, layers: [base(9), base(1, "node")] }]);
    assert.deepEqual(
      problems.map(({ code }) => code),
      ["layer-version-missing", "layer-incompatible"],
    );
  });

  it("moves what differs, keeps the order and other layers, and then has nothing left to do", async () => {
    const { functions } = await aws.listFunctions({ all: true });
    const outcomes = await aws.reconcile(functions, moveBase(2));
    assert.ok(outcomes.every(({ status }) => status === "updated"));
    const { functions: moved } = await aws.listFunctions({ all: true });
    for (const { layers } of moved) assert.deepEqual(layers, [base(1, "first"), base(2), base(1, "last")]);
    const again = await aws.reconcile(moved, moveBase(2));
    assert.ok(again.every(({ status }) => status === "unchanged"));
  });
});

/** Four functions with three layers each, and a layer for another runtime. */
async function populate(): Promise<void> {
  const iam = new IAMClient({});
  const lambda = new LambdaClient({});
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: "lambda", AssumeRolePolicyDocument: "{}" }));
  const zip = Buffer.from("UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==", "base64");
  const publish = (LayerName: string, CompatibleRuntimes: ("python3.12" | "nodejs22.x")[]) =>
    lambda.send(new PublishLayerVersionCommand({ LayerName, CompatibleRuntimes, Content: { ZipFile: zip } }));
  for (const name of ["first", "base", "base", "last"]) await publish(name, ["python3.12"]);
  await publish("node", ["nodejs22.x"]);
  for (let index = 0; index < 4; index += 1) {
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName: `fn-${index}`,
        Role: Role?.Arn,
        Runtime: "python3.12",
        Handler: "index.handler",
        Code: { ZipFile: zip },
        Layers: [base(1, "first"), base(1), base(1, "last")],
        Tags: { team: index % 2 === 0 ? "even" : "odd" },
      }),
    );
  }
  iam.destroy();
  lambda.destroy();
}
