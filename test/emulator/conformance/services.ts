import assert from "node:assert/strict";
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePermissionsBoundaryCommand,
  GetRoleCommand,
  ListRoleTagsCommand,
  PutRolePermissionsBoundaryCommand,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
} from "@aws-sdk/client-iam";
import { GetResourcesCommand, type GetResourcesCommandInput } from "@aws-sdk/client-resource-groups-tagging-api";
import { GetParameterCommand, GetParametersCommand } from "@aws-sdk/client-ssm";
import { AssumeRoleCommand, GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { ACCOUNT, type Aws, type Case, refused, unique } from "./aws";

async function taggedWith(aws: Aws, filters: GetResourcesCommandInput): Promise<(string | undefined)[]> {
  const { ResourceTagMappingList } = await aws.tagging.send(new GetResourcesCommand(filters));
  return (ResourceTagMappingList ?? []).map(({ ResourceARN }) => ResourceARN);
}

export const serviceCases: Case[] = [
  {
    title: "returns the caller's account",
    async run(aws) {
      const identity = await aws.sts.send(new GetCallerIdentityCommand({}));
      assert.equal(identity.Account, ACCOUNT);
      assert.match(identity.Arn ?? "", new RegExp(`^arn:aws:(iam|sts)::${ACCOUNT}:`));
    },
  },
  {
    title: "hands out credentials that act in the role's account",
    async run(aws) {
      const command = new AssumeRoleCommand({
        RoleArn: "arn:aws:iam::222222222222:role/path/deploy",
        RoleSessionName: "session",
      });
      const { Credentials: given, AssumedRoleUser: user } = await aws.sts.send(command);
      assert.match(given?.AccessKeyId ?? "", /^ASIA/);
      assert.equal(user?.Arn, "arn:aws:sts::222222222222:assumed-role/deploy/session");
      assert.ok((given?.Expiration?.getTime() ?? 0) > Date.now());
      const assumed = aws.as({
        accessKeyId: given?.AccessKeyId ?? "",
        secretAccessKey: given?.SecretAccessKey ?? "",
        sessionToken: given?.SessionToken,
      });
      const identity = await assumed.sts.send(new GetCallerIdentityCommand({}));
      assert.deepEqual([identity.Account, identity.Arn], ["222222222222", user?.Arn]);
      const name = await aws.fn();
      assert.ok(!(await assumed.list()).some(({ FunctionName }) => FunctionName === name));
      const theirs = await assumed.create();
      assert.match(theirs.FunctionArn ?? "", /:222222222222:function:/);
      assumed.destroy();
    },
  },
  {
    title: "creates, gets and deletes roles",
    async run(aws) {
      const RoleName = unique("role");
      const document = JSON.stringify({ Statement: [{ Effect: "Allow", Action: "sts:AssumeRole & <more>" }] });
      const create = new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: document, Description: "a < b" });
      assert.equal((await aws.iam.send(create)).Role?.Arn, `arn:aws:iam::${ACCOUNT}:role/${RoleName}`);
      const { Role } = await aws.iam.send(new GetRoleCommand({ RoleName }));
      assert.equal(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ""), document);
      assert.deepEqual([Role?.Path, Role?.Description, Role?.MaxSessionDuration], ["/", "a < b", 3600]);
      await refused(aws.iam.send(create), "EntityAlreadyExistsException", 409);
      await aws.iam.send(new DeleteRoleCommand({ RoleName }));
      await refused(aws.iam.send(new GetRoleCommand({ RoleName })), "NoSuchEntityException", 404);
      await refused(aws.iam.send(new DeleteRoleCommand({ RoleName })), "NoSuchEntityException", 404);
    },
  },
  {
    title: "updates a role's settings, policy, boundary and tags",
    async run(aws) {
      const RoleName = unique("role");
      const PermissionsBoundary = "arn:aws:iam::aws:policy/ReadOnlyAccess";
      const tags = (...pairs: [Key: string, Value: string][]) => pairs.map(([Key, Value]) => ({ Key, Value }));
      const create = { RoleName, AssumeRolePolicyDocument: "{}", Tags: tags(["a", "1"], ["b", "2"]) };
      await aws.iam.send(new CreateRoleCommand(create));
      await aws.iam.send(new UpdateRoleCommand({ RoleName, Description: "new", MaxSessionDuration: 7200 }));
      const trust = { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" };
      const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [trust] });
      await aws.iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
      await aws.iam.send(new PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary }));
      await aws.iam.send(new TagRoleCommand({ RoleName, Tags: tags(["b", "3"], ["c", "4"]) }));
      await aws.iam.send(new UntagRoleCommand({ RoleName, TagKeys: ["a"] }));
      const get = async () => (await aws.iam.send(new GetRoleCommand({ RoleName }))).Role;
      const role = await get();
      assert.deepEqual([role?.Description, role?.MaxSessionDuration], ["new", 7200]);
      assert.equal(decodeURIComponent(role?.AssumeRolePolicyDocument ?? ""), PolicyDocument);
      assert.equal(role?.PermissionsBoundary?.PermissionsBoundaryArn, PermissionsBoundary);
      const { Tags: listed } = await aws.iam.send(new ListRoleTagsCommand({ RoleName }));
      assert.deepEqual(listed, tags(["b", "3"], ["c", "4"]));
      assert.deepEqual(role?.Tags, listed);
      await aws.iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName }));
      assert.equal((await get())?.PermissionsBoundary, undefined);
    },
  },
  {
    title: "finds functions by tags: any value of one key, all keys together",
    async run(aws) {
      const key = unique("environment");
      const arns = [];
      for (const tags of [{ [key]: "dev", team: "a" }, { [key]: "dev", team: "b" }, { [key]: "prod" }, {}]) {
        arns.push((await aws.create({ Tags: tags })).FunctionArn);
      }
      const [devA, devB, prod] = arns;
      const lambda = { ResourceTypeFilters: ["lambda:function"] };
      const has = (Key: string, ...Values: string[]) => ({ Key, Values });
      assert.deepEqual(await taggedWith(aws, { ...lambda, TagFilters: [has(key)] }), [devA, devB, prod]);
      assert.deepEqual(await taggedWith(aws, { ...lambda, TagFilters: [has(key, "dev")] }), [devA, devB]);
      assert.deepEqual(await taggedWith(aws, { ...lambda, TagFilters: [has(key, "prod", "x")] }), [prod]);
      assert.deepEqual(await taggedWith(aws, { ...lambda, TagFilters: [has(key, "dev"), has("team", "b")] }), [devB]);
      assert.deepEqual(await taggedWith(aws, { ResourceTypeFilters: ["s3"], TagFilters: [has(key)] }), []);
    },
  },
  {
    title: "returns the tags of each function it finds",
    async run(aws) {
      const key = unique("owner");
      const { FunctionArn } = await aws.create({ Tags: { [key]: "me" } });
      const found = await aws.tagging.send(new GetResourcesCommand({ TagFilters: [{ Key: key }] }));
      assert.deepEqual(found.ResourceTagMappingList, [{ ResourceARN: FunctionArn, Tags: [{ Key: key, Value: "me" }] }]);
      assert.equal(found.PaginationToken ?? "", "");
    },
  },
  {
    title: "has only parameters that were put",
    async run(aws) {
      const Name = unique("/missing");
      await refused(aws.ssm.send(new GetParameterCommand({ Name })), "ParameterNotFound", 400);
      const { Parameters, InvalidParameters } = await aws.ssm.send(new GetParametersCommand({ Names: [Name] }));
      assert.deepEqual([Parameters, InvalidParameters], [[], [Name]]);
    },
  },
];
