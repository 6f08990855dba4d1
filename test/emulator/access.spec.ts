// Who calls, and what they may do.
import assert from "node:assert/strict";
import { paginateSimulatePrincipalPolicy } from "@aws-sdk/client-iam";
import {
  GetFunctionCommand,
  GetLayerVersionByArnCommand,
  ListFunctionsCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { GetResourcesCommand } from "@aws-sdk/client-resource-groups-tagging-api";
import { GetParameterCommand } from "@aws-sdk/client-ssm";
import { AssumeRoleCommand, GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { ACCOUNT, refused } from "./conformance/aws";
import { useEmulator } from "./harness";

const USER = `arn:aws:iam::${ACCOUNT}:user/emulator`;

describe("callers of the emulator", () => {
  const test = useEmulator(
    { accessKeys: { AKIAOTHER: "222222222222" } },
    {
      layers: [{ name: "base", versions: 2 }],
      functions: [{ name: "api" }, { name: "web" }, { name: "theirs", account: "222222222222" }],
      parameters: { "/layers/base": "2" },
    },
  );

  const list = (client = test.aws) => client.lambda.send(new ListFunctionsCommand({}));
  const names = async (client = test.aws) => (await client.list()).map(({ FunctionName }) => FunctionName);

  async function assume(role: string): Promise<{ accessKeyId: string; secretAccessKey: string; sessionToken: string }> {
    const command = new AssumeRoleCommand({ RoleArn: role, RoleSessionName: "session" });
    const { Credentials: given } = await test.aws.sts.send(command);
    return {
      accessKeyId: given?.AccessKeyId ?? "",
      secretAccessKey: given?.SecretAccessKey ?? "",
      sessionToken: given?.SessionToken ?? "",
    };
  }

  it("are distinguished by their access key's account", async () => {
    assert.deepEqual(await names(), ["api", "web"]);
    const other = test.aws.as({ accessKeyId: "AKIAOTHER", secretAccessKey: "x" });
    assert.deepEqual(await names(other), ["theirs"]);
    other.destroy();
  });

  it("that assumed a role are seen by its session's key, and need its token", async () => {
    const credentials = await assume("arn:aws:iam::222222222222:role/deploy");
    const assumed = test.aws.as(credentials);
    assert.deepEqual(await names(assumed), ["theirs"]);
    assert.equal(test.emulator.stats().accessKeys[credentials.accessKeyId], 1);
    const stolen = test.aws.as({ ...credentials, sessionToken: undefined });
    await refused(list(stolen), "UnrecognizedClientException", 403);
    await refused(stolen.sts.send(new GetCallerIdentityCommand({})), "InvalidClientTokenId", 403);
    for (const client of [assumed, stolen]) client.destroy();
  });

  it("cannot assume something that is not a role", async () => {
    await refused(assume("deploy"), "ValidationError", 400);
  });

  it("are refused if their key has expired or is unknown", async () => {
    test.emulator.refuseKey("AKIAEMULATOR00000001", "expired");
    await refused(list(), "ExpiredTokenException", 403, /is expired/);
    assert.deepEqual(test.emulator.counts(), { ListFunctions: 1 }, "refused calls are counted too");
    await refused(test.aws.sts.send(new GetCallerIdentityCommand({})), "ExpiredToken", 403);
    test.emulator.refuseKey("AKIAEMULATOR00000001", "unknown");
    await refused(list(), "UnrecognizedClientException", 403, /is invalid/);
  });

  it("with an unknown key are refused only on request", async () => {
    test.emulator.configure({ refuseUnknownKeys: true });
    await refused(list(), "UnrecognizedClientException", 403);
    const known = test.aws.as({ accessKeyId: "AKIAOTHER", secretAccessKey: "x" });
    await list(known);
    known.destroy();
  });

  it("may not do what is denied, and see the action and the resource", async () => {
    const arn = (name: string) => `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${name}`;
    test.emulator.deny({ action: "lambda:UpdateFunction*", resource: arn("api") });
    const update = (FunctionName: string) =>
      test.aws.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Timeout: 9 }));
    const sentence = `User: ${USER} is not authorized to perform: lambda:UpdateFunctionConfiguration on resource: ${arn("api")} because no identity-based policy allows the lambda:UpdateFunctionConfiguration action`;
    await assert.rejects(update("api"), { name: "AccessDeniedException", message: sentence });
    await update("web");
    await test.aws.lambda.send(new GetFunctionCommand({ FunctionName: "api" }));
    test.emulator.allowAll();
    await update("api");
  });

  it("may be denied any service's actions, except for asking who they are", async () => {
    test.emulator.deny({ action: "*" });
    const action = (name: string) => new RegExp(`not authorized to perform: ${name} on`);
    await refused(list(), "AccessDeniedException", 403, action("lambda:ListFunctions"));
    const read = test.aws.lambda.send(
      new GetLayerVersionByArnCommand({ Arn: `arn:aws:lambda:us-east-1:${ACCOUNT}:layer:base:1` }),
    );
    await refused(read, "AccessDeniedException", 403, action("lambda:GetLayerVersion"));
    const tags = test.aws.tagging.send(new GetResourcesCommand({}));
    await refused(tags, "AccessDeniedException", 403, action("tag:GetResources"));
    const parameter = test.aws.ssm.send(new GetParameterCommand({ Name: "/layers/base" }));
    await refused(parameter, "AccessDeniedException", 403, action("ssm:GetParameter"));
    await refused(assume(`arn:aws:iam::${ACCOUNT}:role/deploy`), "AccessDenied", 403, action("sts:AssumeRole"));
    assert.equal((await test.aws.sts.send(new GetCallerIdentityCommand({}))).Arn, USER);
  });

  it("need permission to read a layer version that they attach", async () => {
    const layer = (version: number) => `arn:aws:lambda:us-east-1:${ACCOUNT}:layer:base:${version}`;
    test.emulator.deny({ action: "lambda:GetLayerVersion", resource: layer(2) });
    const attach = (version: number) =>
      test.aws.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: "api", Layers: [layer(version)] }));
    await refused(attach(2), "AccessDeniedException", 403, /lambda:GetLayerVersion on resource: .*:base:2/);
    await attach(1);
  });

  it("may be denied something that others are not", async () => {
    test.emulator.deny({ action: "lambda:ListFunctions", accessKeyId: "AKIAOTHER" });
    await list();
    const other = test.aws.as({ accessKeyId: "AKIAOTHER", secretAccessKey: "x" });
    await refused(list(other), "AccessDeniedException", 403);
    other.destroy();
  });

  it("can have their permissions simulated, 100 a page", async () => {
    const denied = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:f7`;
    test.emulator.deny({ action: "lambda:UpdateFunctionConfiguration", resource: denied });
    const input = {
      PolicySourceArn: USER,
      ActionNames: ["lambda:GetFunction", "lambda:UpdateFunctionConfiguration"],
      ResourceArns: Array.from({ length: 60 }, (_, i) => `arn:aws:lambda:us-east-1:${ACCOUNT}:function:f${i}`),
    };
    const results = [];
    for await (const { EvaluationResults = [] } of paginateSimulatePrincipalPolicy({ client: test.aws.iam }, input)) {
      results.push(...EvaluationResults);
    }
    assert.equal(results.length, 120);
    assert.equal(test.emulator.counts().SimulatePrincipalPolicy, 2);
    assert.deepEqual(
      results.filter(({ EvalDecision }) => EvalDecision !== "allowed"),
      [
        {
          EvalActionName: "lambda:UpdateFunctionConfiguration",
          EvalResourceName: denied,
          EvalDecision: "implicitDeny",
        },
      ],
    );
  });

  it("read the parameters that were put", async () => {
    const { Parameter } = await test.aws.ssm.send(new GetParameterCommand({ Name: "/layers/base" }));
    assert.deepEqual([Parameter?.Value, Parameter?.Version, Parameter?.Type], ["2", 1, "String"]);
    assert.equal(Parameter?.ARN, `arn:aws:ssm:us-east-1:${ACCOUNT}:parameter/layers/base`);
  });
});
