// aws:lambda/alias:Alias

import { type Resource, unlessMissing } from "./resource.mts";
import { fromAws } from "./translate.mts";
import { type Properties, pick, type Schema } from "./values.mts";

const schema: Schema = {
  description: { type: "string" },
  functionName: { type: "string", required: true, replaces: true },
  functionVersion: { type: "string", required: true },
  name: { type: "string", autoname: 128, replaces: true },
  region: { type: "string", computed: true, replaces: true },

  arn: { type: "string", output: true, aws: "AliasArn" },
  invokeArn: { type: "string", output: true },
};

export const alias: Resource = {
  schema,
  title: "Lambda Alias",

  async create(inputs, aws) {
    const { CreateAliasCommand } = await import("@aws-sdk/client-lambda");
    const { AliasArn } = await (await aws.lambda(inputs)).send(new CreateAliasCommand(request(inputs)));
    return String(AliasArn);
  },

  async read(id, known, aws) {
    const { GetAliasCommand } = await import("@aws-sdk/client-lambda");
    const [, partition, , region = "", account, , FunctionName = "", Name = ""] = id.split(":");
    const client = await aws.lambda({ region });
    const live = await unlessMissing(client.send(new GetAliasCommand({ FunctionName, Name })));
    if (!live) return undefined;
    const path = `${region}:lambda:path/2015-03-31/functions/arn:${partition}:lambda:${region}:${account}:function`;
    return {
      ...fromAws(schema, live),
      functionName: FunctionName,
      invokeArn: `arn:${partition}:apigateway:${path}:${FunctionName}:${Name}/invocations`,
      region,
      // A name or an ARN, as the program gives it.
      ...pick(known, (property, value) => property === "functionName" && value !== null),
    };
  },

  async update(_id, _changed, inputs, _outputs, aws) {
    const { UpdateAliasCommand } = await import("@aws-sdk/client-lambda");
    const members = { ...request(inputs), Description: String(inputs.description ?? "") };
    await (await aws.lambda(inputs)).send(new UpdateAliasCommand(members));
  },

  async delete(_id, outputs, aws) {
    const { DeleteAliasCommand } = await import("@aws-sdk/client-lambda");
    const { FunctionName, Name } = request(outputs);
    await unlessMissing((await aws.lambda(outputs)).send(new DeleteAliasCommand({ FunctionName, Name })));
  },
};

function request({ description, functionName, functionVersion, name }: Properties) {
  return {
    FunctionName: String(functionName),
    FunctionVersion: String(functionVersion),
    Name: String(name),
    ...(description != null && { Description: String(description) }),
  };
}
