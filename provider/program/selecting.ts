import type * as pulumi from "@pulumi/pulumi";
import { isLiteral } from "../resource/literal";
import { readNames } from "../resource/names";
import { resourcesBefore } from "./dependencies";
import type { RegisteredFunction } from "./function-facts";

/**
 * Which functions, owned elsewhere, a `LayerVersions` resource reconciles: those that any of the fields selects.
 */
export interface FunctionsArgs {
  /** Function names or ARNs. A missing function is skipped, with a note in the preview. */
  names?: pulumi.Input<pulumi.Input<string>[]>;
  /** A prefix of function names. */
  prefix?: pulumi.Input<string>;
  /** Tags, all of which a function must have. */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/** Tells whether a resource is a function, by what a transform knows of one: its type and name. */
export function isOf({
  type,
  name,
}: Pick<RegisteredFunction, "type" | "name">): (resource: pulumi.Resource) => boolean {
  return (resource) => {
    const { __pulumiType, __name } = resource as unknown as Record<string, string>;
    return __pulumiType === type && __name === name;
  };
}

/**
 * Whether a function that the program declares is selected by name, as far as that can be told without waiting: the
 * selection may wait for the function.
 */
export function isSelected(registered: RegisteredFunction, { names, prefix }: FunctionsArgs): boolean {
  const { props } = registered;
  const its = [props.name, props.functionName].find((one) => typeof one === "string");
  if (its !== undefined && typeof prefix === "string" && prefix !== "" && its.startsWith(prefix)) return true;
  const each: readonly pulumi.Input<unknown>[] = Array.isArray(names) ? names : [names];
  return each.some((one) => {
    if (!isLiteral(one)) return [...resourcesBefore(one)].some(isOf(registered));
    return typeof one === "string" && readNames([one], undefined).named.some(({ name }) => name === its);
  });
}
