// aws:iam/role:Role

import { type Resource, unlessMissing } from "./resource.mts";
import { fromAws, only, toAws } from "./translate.mts";
import { type Properties, pick, type Schema, type Value } from "./values.mts";

const schema: Schema = {
  assumeRolePolicy: { type: "string", required: true, json: true, aws: "AssumeRolePolicyDocument" },
  description: { type: "string" },
  forceDetachPolicies: { type: "boolean" },
  maxSessionDuration: { type: "number", default: 3600 },
  name: { type: "string", autoname: 64, replaces: true, aws: "RoleName" },
  path: { type: "string", default: "/", replaces: true },
  permissionsBoundary: { type: "string" },
  tags: { type: "map" },
  tagsAll: { type: "map", computed: true },

  arn: { type: "string", output: true },
  createDate: { type: "string", output: true },
  uniqueId: { type: "string", output: true, aws: "RoleId" },

  // Recorded as by the real provider, but programs for the stand-in cannot set them.
  inlinePolicies: { type: "list", output: true, terraform: "inline_policy" },
  managedPolicyArns: { type: "list", output: true },
  namePrefix: { type: "string", output: true },
};

export const role: Resource = {
  schema,
  title: "IAM Role",

  async create(inputs, aws) {
    const { CreateRoleCommand } = await import("@aws-sdk/client-iam");
    const name = String(inputs.name);
    const settings = only(schema, ["description", "maxSessionDuration", "path", "permissionsBoundary"]);
    const client = await aws.iam();
    await client.send(
      new CreateRoleCommand({
        ...toAws(settings, inputs),
        RoleName: name,
        AssumeRolePolicyDocument: String(inputs.assumeRolePolicy),
        Tags: tagList(inputs.tagsAll),
      }),
    );
    return name;
  },

  async read(id, known, aws) {
    const { GetRoleCommand } = await import("@aws-sdk/client-iam");
    const client = await aws.iam();
    const { Role: live } = (await unlessMissing(client.send(new GetRoleCommand({ RoleName: id })))) ?? {};
    if (!live) return undefined;
    const tags = Object.fromEntries((live.Tags ?? []).map(({ Key, Value }) => [Key, Value ?? ""]));
    return {
      ...fromAws(schema, {
        ...live,
        AssumeRolePolicyDocument: sortedJson(decodeURIComponent(live.AssumeRolePolicyDocument ?? "{}")),
        CreateDate: live.CreateDate?.toISOString().replace(/\.\d+Z$/, "Z"),
        PermissionsBoundary: live.PermissionsBoundary?.PermissionsBoundaryArn,
      }),
      forceDetachPolicies: false,
      ...pick(known, (name) => name === "forceDetachPolicies"),
      ...aws.tagOutputs(tags, known),
    };
  },

  async update(id, changed, inputs, _outputs, aws) {
    const sdk = await import("@aws-sdk/client-iam");
    const client = await aws.iam();
    const RoleName = id;
    if (changed.has("assumeRolePolicy")) {
      const PolicyDocument = String(inputs.assumeRolePolicy);
      await client.send(new sdk.UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
    }
    if (changed.has("description") || changed.has("maxSessionDuration")) {
      const settings = toAws(only(schema, ["description", "maxSessionDuration"]), inputs);
      await client.send(new sdk.UpdateRoleCommand({ Description: "", ...settings, RoleName }));
    }
    if (changed.has("permissionsBoundary")) {
      const PermissionsBoundary = inputs.permissionsBoundary;
      if (PermissionsBoundary == null) await client.send(new sdk.DeleteRolePermissionsBoundaryCommand({ RoleName }));
      else {
        const request = { RoleName, PermissionsBoundary: String(PermissionsBoundary) };
        await client.send(new sdk.PutRolePermissionsBoundaryCommand(request));
      }
    }
    if (changed.has("tagsAll")) {
      const { Tags: live = [] } = await client.send(new sdk.ListRoleTagsCommand({ RoleName }));
      const Tags = tagList(inputs.tagsAll);
      const TagKeys = live.flatMap(({ Key }) => (Tags.some((tag) => tag.Key === Key) ? [] : [String(Key)]));
      if (TagKeys.length > 0) await client.send(new sdk.UntagRoleCommand({ RoleName, TagKeys }));
      if (Tags.length > 0) await client.send(new sdk.TagRoleCommand({ RoleName, Tags }));
    }
  },

  async delete(id, _outputs, aws) {
    const { DeleteRoleCommand } = await import("@aws-sdk/client-iam");
    const client = await aws.iam();
    await unlessMissing(client.send(new DeleteRoleCommand({ RoleName: id })));
  },
};

function tagList(tags: Value | undefined): { Key: string; Value: string }[] {
  return Object.entries((tags ?? {}) as Record<string, string>).map(([Key, Value]) => ({ Key, Value }));
}

/** The real provider records policies with sorted keys. */
function sortedJson(text: string): string {
  return JSON.stringify(JSON.parse(text), (_key, value: unknown) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value as Properties).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
