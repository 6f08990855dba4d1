import assert from "node:assert/strict";
import type { EvaluationResult, SimulatePrincipalPolicyCommandInput } from "@aws-sdk/client-iam";
import { Caller } from "../../sdk/aws/caller";
import type { Clients } from "../../sdk/aws/clients";
import { createPermissionCheck } from "../../sdk/aws/permissions";
import { arnOf, useAws } from "./harness";

describe("checkPermissions", () => {
  const test = useAws();
  const update = "lambda:UpdateFunctionConfiguration";
  const resources = Array.from({ length: 250 }, (_, index) => arnOf(`fn-${index}`));

  it("asks in batches, and finds nothing if everything is allowed", async () => {
    const aws = await test.connect();
    assert.deepEqual(await aws.checkPermissions([{ action: update, resources }]), { refused: [] });
    assert.deepEqual(test.emulator.counts(), { GetCallerIdentity: 1, SimulatePrincipalPolicy: 3 });
  });

  it("asks for nothing if nothing is needed", async () => {
    const aws = await test.connect();
    assert.deepEqual(await aws.checkPermissions([{ action: update, resources: [] }]), { refused: [] });
    assert.deepEqual(test.emulator.counts(), {});
  });

  it("names the action and the resource of a refusal", async () => {
    test.emulator.deny({ action: update, resource: arnOf("fn-7") });
    const aws = await test.connect();
    const { refused } = await aws.checkPermissions([
      { action: update, resources },
      { action: "lambda:GetFunction", resources },
    ]);
    assert.deepEqual(refused, [{ action: update, resource: arnOf("fn-7") }]);
  });

  it("reports permissions as unchecked if it may not ask", async () => {
    test.emulator.deny({ action: "iam:SimulatePrincipalPolicy" });
    const aws = await test.connect();
    const { refused, unchecked } = await aws.checkPermissions([{ action: update, resources }]);
    assert.deepEqual(refused, []);
    assert.match(unchecked ?? "", /iam:SimulatePrincipalPolicy on \S+ is denied/);
    assert.equal(test.emulator.counts().SimulatePrincipalPolicy, 1);
  });

  it("is refused once for all sessions of a run, and says so in each", async () => {
    test.emulator.deny({ action: "iam:SimulatePrincipalPolicy" });
    const run = { unanswered: new Map() };
    const sessions = await Promise.all(
      ["us-east-1", "eu-west-1", "us-east-1"].map((region) => test.connect({ region }, run)),
    );
    const reports = await Promise.all(sessions.map((aws) => aws.checkPermissions([{ action: update, resources }])));
    for (const { unchecked } of reports) assert.match(unchecked ?? "", /SimulatePrincipalPolicy on \S+ is denied/);
    assert.equal(test.emulator.counts().SimulatePrincipalPolicy, 1);
  });

  it("asks about the role of a session, by its ARN with path if that may be read", async () => {
    const role = "arn:aws:iam::123456789012:role/deployer";
    const aws = await test.connect({ roleArn: role });
    test.emulator.deny({ action: "iam:GetRole" });
    assert.deepEqual(await aws.checkPermissions([{ action: update, resources }]), { refused: [] });
    assert.equal(test.emulator.counts().GetRole, 1);
    assert.equal(test.emulator.counts().SimulatePrincipalPolicy, 3);
  });

  // As if only Lambda could be reached, through an endpoint of its own.
  it("says so if STS does not answer", async () => {
    test.emulator.fault({ operation: "GetCallerIdentity", status: 404, code: "NotFound", message: "no such service" });
    const aws = await test.connect();
    const { refused, unchecked } = await aws.checkPermissions([{ action: update, resources }]);
    assert.deepEqual(refused, []);
    assert.match(unchecked ?? "", /GetCallerIdentity.*no such service/);
  });

  it("fails if the credentials are rejected", async () => {
    const code = "InvalidClientTokenId";
    test.emulator.fault({ operation: "GetCallerIdentity", status: 403, code, message: "The token is invalid." });
    const aws = await test.connect();
    await assert.rejects(aws.checkPermissions([{ action: update, resources }]), { code: "aws-credentials" });
  });

  it("gives up soon if IAM is down, and says so", async () => {
    test.emulator.fault({
      operation: "SimulatePrincipalPolicy",
      status: 400,
      code: "NoSuchEntity",
      message: "no such user",
    });
    const aws = await test.connect();
    const { unchecked } = await aws.checkPermissions([{ action: update, resources }]);
    assert.match(unchecked ?? "", /SimulatePrincipalPolicy.*NoSuchEntityException: no such user/);
  });

  it("asks about each resource once", async () => {
    const aws = await test.connect();
    await aws.checkPermissions([{ action: update, resources: Array.from({ length: 101 }, () => arnOf("a")) }]);
    assert.equal(test.emulator.counts().SimulatePrincipalPolicy, 1);
  });
});

// The emulator has no conditional policies, and answers in one page whatever is asked at once.
describe("checkPermissions, by IAM's answers", () => {
  const action = "lambda:UpdateFunctionConfiguration";
  const decision = (fn: string, EvalDecision: EvaluationResult["EvalDecision"], ...MissingContextValues: string[]) => ({
    ...{ EvalActionName: action, EvalResourceName: arnOf(fn), EvalDecision, MissingContextValues },
  });

  /** Checks the permissions of a user, with these pages as IAM's answer. */
  function check(...pages: EvaluationResult[][]) {
    const simulatePrincipalPolicy = async ({ Marker = "0" }: SimulatePrincipalPolicyCommandInput) => {
      const next = Number(Marker) + 1;
      const IsTruncated = next < pages.length;
      return { EvaluationResults: pages[next - 1], IsTruncated, Marker: IsTruncated ? String(next) : undefined };
    };
    const clients = { iam: async () => ({ simulatePrincipalPolicy }) } as unknown as Clients;
    const caller = new Caller({
      limiter: () => assert.fail("IAM has no budget"),
      where: { region: "us-east-1" },
      signal: new AbortController().signal,
    });
    const user = { account: "123456789012", arn: "arn:aws:iam::123456789012:user/ci", partition: "aws" };
    return createPermissionCheck(clients, caller, async () => user)([{ action, resources: [arnOf("a")] }]);
  }

  const allowed = decision("a", "allowed", "aws:ResourceTag/team");
  const refused = [{ action, resource: arnOf("b") }];

  it("treats a permission that depends on a condition as unknown, neither refused nor allowed", async () => {
    assert.deepEqual(await check([allowed, decision("b", "explicitDeny")]), { refused });
    const undecided = decision("c", "implicitDeny", "aws:ResourceTag/team");
    assert.deepEqual(await check([allowed, decision("b", "implicitDeny"), undecided]), {
      refused,
      unchecked: "The caller's policies depend on aws:ResourceTag/team.",
    });
  });

  it("reads all pages", async () => {
    assert.deepEqual(await check([allowed], [allowed], [decision("b", "implicitDeny")]), { refused });
  });
});
