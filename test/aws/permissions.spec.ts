import assert from "node:assert/strict";
import { arnOf, useAws } from "./harness";

describe("checkPermissions", () => {
  const test = useAws();
  const update = "lambda:UpdateFunctionConfiguration";
  const resources = Array.from({ length: 250 }, (_, index) => arnOf(`fn-${index}`));

  it("asks in portions, and finds nothing where all is allowed", async () => {
    const aws = await test.connect();
    assert.deepEqual(await aws.checkPermissions([{ action: update, resources }]), { refused: [] });
    assert.deepEqual(test.emulator.counts(), { GetCallerIdentity: 1, SimulatePrincipalPolicy: 3 });
  });

  it("asks for nothing where nothing is needed", async () => {
    const aws = await test.connect();
    assert.deepEqual(await aws.checkPermissions([{ action: update, resources: [] }]), { refused: [] });
    assert.deepEqual(test.emulator.counts(), {});
  });

  it("names action and resource of a refusal", async () => {
    test.emulator.deny({ action: update, resource: arnOf("fn-7") });
    const aws = await test.connect();
    const { refused } = await aws.checkPermissions([
      { action: update, resources },
      { action: "lambda:GetFunction", resources },
    ]);
    assert.deepEqual(refused, [{ action: update, resource: arnOf("fn-7") }]);
  });

  it("says that permissions are unchecked where it may not ask", async () => {
    test.emulator.deny({ action: "iam:SimulatePrincipalPolicy" });
    const aws = await test.connect();
    const { refused, unchecked } = await aws.checkPermissions([{ action: update, resources }]);
    assert.deepEqual(refused, []);
    assert.match(unchecked ?? "", /iam:SimulatePrincipalPolicy on \S+ is denied/);
  });

  it("asks for the role of a session, by its ARN with path where that may be read", async () => {
    const role = "arn:aws:iam::123456789012:role/deployer";
    const aws = await test.connect({ roleArn: role });
    test.emulator.deny({ action: "iam:GetRole" });
    assert.deepEqual(await aws.checkPermissions([{ action: update, resources }]), { refused: [] });
    assert.equal(test.emulator.counts().GetRole, 1);
    assert.equal(test.emulator.counts().SimulatePrincipalPolicy, 3);
  });

  // As where Lambda can be reached through an endpoint of its own, and nothing else.
  it("says so where STS does not answer", async () => {
    test.emulator.fault({ operation: "GetCallerIdentity", status: 404, code: "NotFound", message: "no such service" });
    const aws = await test.connect();
    const { refused, unchecked } = await aws.checkPermissions([{ action: update, resources }]);
    assert.deepEqual(refused, []);
    assert.match(unchecked ?? "", /GetCallerIdentity.*no such service/);
  });

  it("fails where the credentials are refused", async () => {
    const code = "InvalidClientTokenId";
    test.emulator.fault({ operation: "GetCallerIdentity", status: 403, code, message: "The token is invalid." });
    const aws = await test.connect();
    await assert.rejects(aws.checkPermissions([{ action: update, resources }]), { code: "aws-credentials" });
  });

  it("gives up soon where IAM does not work, and says so", async () => {
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
});
