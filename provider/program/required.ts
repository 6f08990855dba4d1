import * as pulumi from "@pulumi/pulumi";
import { pathTo } from "../resource/problems";
import type { AwsInputs } from "./aws-inputs";
import { isLiteral } from "./known";
import { configuredRegion } from "./regions";
import type { FunctionsArgs } from "./selecting";

/**
 * The paths of arguments that are outputs without a value, such as a misspelt one of another stack; empty texts for the
 * others. That is not the same as an argument that is left out: the resource would use other credentials, or select
 * other functions, than the program means.
 */
export function withoutValue({
  region,
  profile,
  roleArn,
  functions = {},
}: AwsInputs & { readonly functions?: FunctionsArgs | undefined }): pulumi.Output<string>[] {
  const { names, prefix, tags } = isLiteral(functions) ? functions : {};
  const places: Record<string, pulumi.Input<unknown>> = {
    // A provider without a region leaves it to the stack.
    ...(configuredRegion(region) === region && { region }),
    // Fewer tags select more functions, so each of them counts.
    ...{ profile, roleArn, "functions.tags": tags && pulumi.output(tags) },
    ...{ functions, "functions.names": names, "functions.prefix": prefix },
  };
  return Object.entries(places)
    .filter(([, input]) => !isLiteral(input))
    .map(([path, input]) =>
      (pulumi.output(input) as pulumi.Output<unknown>).apply((value) => firstNothing(path, value)),
    );
}

function firstNothing(path: string, value: unknown): string {
  if (value === undefined || value === null) return path;
  // Empty names in a list are refused as such.
  if (typeof value !== "object" || Array.isArray(value)) return "";
  const members = Object.entries(value).map(([key, one]) => firstNothing(pathTo(path, key), one));
  return members.find((one) => one !== "") ?? "";
}
