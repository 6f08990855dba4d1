import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { connectAws } from "../../sdk/aws/session";
import { removeFolder, temporaryFolder } from "../support/folders";
import { arnOf, base, fleet, moveBase, useAws } from "./harness";

const role = "arn:aws:iam::333333333333:role/deploy";

describe("credentials and region", () => {
  const test = useAws({ accessKeys: { AKIATEAM: "222222222222" } });
  let folder: string;
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(() => removeFolder(folder));

  /**
   * Writes shared AWS files with the profile `team`, which has a key and a region, and `deployer`, which has the role
   * `deploy`.
   */
  async function useProfiles(): Promise<void> {
    const credentials = join(folder, "credentials");
    const config = join(folder, "config");
    await writeFile(credentials, "[team]\naws_access_key_id = AKIATEAM\naws_secret_access_key = secret\n");
    await writeFile(
      config,
      `[profile team]\nregion = eu-west-1\n[profile deployer]\nrole_arn = ${role}\nsource_profile = team\nregion = eu-west-1\n`,
    );
    test.setEnv({
      AWS_SHARED_CREDENTIALS_FILE: credentials,
      AWS_CONFIG_FILE: config,
      AWS_REGION: undefined,
      AWS_DEFAULT_REGION: undefined,
    });
  }

  it("come from the environment", async () => {
    const aws = await test.connect();
    assert.equal(aws.region, "us-east-1");
    assert.deepEqual(await aws.callerIdentity(), {
      account: "123456789012",
      arn: "arn:aws:iam::123456789012:user/emulator",
      partition: "aws",
    });
    await aws.callerIdentity();
    assert.deepEqual(test.emulator.counts(), { GetCallerIdentity: 1 });
  });

  it("come from a profile, including its region", async () => {
    await useProfiles();
    const aws = await test.connect({ profile: "team" });
    assert.equal(aws.region, "eu-west-1");
    assert.equal((await aws.callerIdentity()).account, "222222222222");
    assert.deepEqual(Object.keys(test.emulator.stats().accessKeys), ["AKIATEAM"]);
  });

  it("come from the role that a profile names", async () => {
    await useProfiles();
    const aws = await test.connect({ profile: "deployer" });
    assert.match((await aws.callerIdentity()).arn, /^arn:aws:sts::333333333333:assumed-role\/deploy\//);
    assert.deepEqual(test.emulator.counts(), { AssumeRole: 1, GetCallerIdentity: 1 });
  });

  it("come from a role, assumed once, for every service", async () => {
    test.emulator.seed({ functions: [{ name: "f", account: "333333333333", tags: { team: "a" } }] });
    const aws = await test.connect({ roleArn: role });
    const { functions } = await aws.listFunctions({ tags: { team: "a" } });
    assert.equal(functions[0]?.arn, arnOf("f").replace("123456789012", "333333333333"));
    assert.equal((await aws.callerIdentity()).account, "333333333333");
    assert.deepEqual(test.emulator.counts(), { AssumeRole: 1, GetResources: 1, GetFunction: 1, GetCallerIdentity: 1 });
  });

  it("of a profile assume the given role", async () => {
    await useProfiles();
    const aws = await test.connect({ profile: "team", roleArn: role, region: "us-west-2" });
    assert.equal(aws.region, "us-west-2");
    assert.equal((await aws.callerIdentity()).account, "333333333333");
    assert.equal(test.emulator.stats().accessKeys.AKIATEAM, 1);
  });

  it("are requested again if STS has failed", async () => {
    test.emulator.fault({ operation: "AssumeRole", status: 500, times: 1 });
    const aws = await test.connect({ roleArn: role });
    assert.equal((await aws.callerIdentity()).account, "333333333333");
    assert.equal(test.emulator.counts().AssumeRole, 2);
  });

  it("that fail make clear that no update was sent", async () => {
    test.emulator.seed(fleet(1));
    const { functions } = await (await test.connect()).listFunctions({ all: true });
    test.emulator.fault({ operation: "AssumeRole", status: 500 });
    const aws = await test.connect({ roleArn: role });
    const [outcome] = await aws.reconcile(functions, moveBase(2), { deadlineMs: 500 });
    assert.deepEqual([outcome?.status, outcome?.revisionId], ["failed", functions[0]?.revisionId]);
    assert.doesNotMatch(outcome?.reason ?? "", /not known/);
  });

  it("that are missing are explained", async () => {
    test.setEnv({ AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined });
    const aws = await test.connect();
    await assert.rejects(aws.listFunctions({ all: true }), {
      code: "aws-credentials",
      message: /^AWS credentials not configured: /,
      next: /aws configure.*AWS_ACCESS_KEY_ID/,
    });
    assert.deepEqual(test.emulator.counts(), {});
  });

  it("of a profile that does not exist are explained", async () => {
    const aws = await test.connect({ profile: "nobody" });
    await assert.rejects(aws.listFunctions({ all: true }), {
      code: "aws-credentials",
      message: /^AWS credentials not configured for profile nobody: /,
      next: /aws configure --profile nobody/,
    });
  });

  for (const state of ["expired", "unknown"] as const) {
    it(`that are ${state} are explained`, async () => {
      test.emulator.refuseKey("AKIAEMULATOR00000001", state);
      const aws = await test.connect();
      await assert.rejects(aws.listFunctions({ all: true }), { code: "aws-credentials", message: /rejected/ });
      await assert.rejects(aws.callerIdentity(), { code: "aws-credentials", message: /rejected/ });
    });
  }

  const denials = [
    { action: "lambda:ListFunctions", on: "*", selection: { all: true } },
    { action: "lambda:GetFunction", on: arnOf("f"), selection: { names: ["f"] } },
    { action: "tag:GetResources", on: "*", selection: { tags: { team: "a" } } },
  ];
  for (const { action, on, selection } of denials) {
    it(`without ${action} name the action and the resource`, async () => {
      test.emulator.deny({ action });
      const aws = await test.connect();
      const error = {
        code: "aws-permission",
        message: `AWS permission missing: ${action} on ${on} is denied to arn:aws:iam::123456789012:user/emulator.`,
      };
      await assert.rejects(aws.listFunctions(selection), error);
    });
  }

  it("that may not assume the role are reported as such, not as a denied layer version", async () => {
    test.emulator.deny({ action: "sts:AssumeRole" });
    const aws = await test.connect({ roleArn: role });
    const error = { code: "aws-permission", message: new RegExp(`sts:AssumeRole on ${role} is denied`) };
    await assert.rejects(aws.listFunctions({ all: true }), error);
    await assert.rejects(aws.layerVersion(base(1)), error);
  });

  it("need a region", async () => {
    test.setEnv({ AWS_REGION: undefined, AWS_DEFAULT_REGION: undefined });
    await assert.rejects(connectAws({}), { code: "usage", message: /No AWS region/, next: /AWS_REGION/ });
    await assert.rejects(connectAws({ region: "" }), { code: "usage", message: /No AWS region/, next: /AWS_REGION/ });
    await assert.rejects(connectAws({ region: "no where" }), {
      code: "usage",
      message: /"no where" is not the name of/,
    });
    test.setEnv({ AWS_DEFAULT_REGION: "eu-north-1" });
    assert.equal((await test.connect()).region, "eu-north-1");
  });

  it("need a rate above 0", async () => {
    for (const rate of [0, -1, Number.NaN]) await assert.rejects(connectAws({}, { rate }), { code: "usage" });
  });

  it("work with an endpoint that is set for all services", async () => {
    test.setEnv({ AWS_ENDPOINT_URL_LAMBDA: undefined, AWS_ENDPOINT_URL_STS: undefined });
    const aws = await test.connect();
    await aws.listFunctions({ all: true });
    await aws.callerIdentity();
    assert.deepEqual(test.emulator.counts(), { ListFunctions: 1, GetCallerIdentity: 1 });
  });

  it("report an unreachable endpoint after a few attempts", async () => {
    test.setEnv({ AWS_ENDPOINT_URL_LAMBDA: "http://127.0.0.1:1" });
    const aws = await test.connect();
    await assert.rejects(aws.listFunctions({ all: true }), { code: "aws-failed", next: /AWS_ENDPOINT_URL/ });
    assert.equal(test.calls.length, 5);
  });

  it("print nothing to the terminal, on any Node", async () => {
    const program = `
Object.defineProperty(process, "version", { value: "v18.0.0" });
const { connectAws } = require("./sdk/aws/session");
connectAws({ roleArn: "${role}" }).then((aws) => aws.callerIdentity().then(() => aws.close()));`;
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ["--require", "tsx/cjs", "--eval", program]);
    assert.equal(stdout + stderr, "");
    assert.deepEqual(test.emulator.counts(), { AssumeRole: 1, GetCallerIdentity: 1 });
  });
});
