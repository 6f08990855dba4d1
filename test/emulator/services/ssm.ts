import { parameterArn } from "../arns";
import type { Context } from "../context";
import { ApiError } from "../errors";

export const ssmOperations = {
  GetParameter({ Name: name = "" }: { Name?: string }, at: Context) {
    const parameter = parameterOf(name, at);
    if (!parameter) throw new ApiError(400, "ParameterNotFound", `Parameter ${name} not found.`);
    return { Parameter: parameter };
  },

  GetParameters({ Names: names = [] }: { Names?: string[] }, at: Context) {
    const found = names.map((name) => ({ name, parameter: parameterOf(name, at) }));
    return {
      Parameters: found.flatMap(({ parameter }) => parameter ?? []),
      InvalidParameters: found.filter(({ parameter }) => !parameter).map(({ name }) => name),
    };
  },
};

function parameterOf(name: string, at: Context) {
  const stored = at.shelf.parameters.get(name);
  if (!stored) return undefined;
  return {
    Name: name,
    Type: "String",
    Value: stored.value,
    Version: stored.version,
    LastModifiedDate: stored.modified,
    ARN: parameterArn(at, name),
    DataType: "text",
  };
}
