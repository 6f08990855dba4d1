import type * as pulumi from "@pulumi/pulumi";
import { unknown } from "./selection";

/** Whether the program wrote the value itself, so that it is there at once. */
export function isLiteral<T>(input: pulumi.Input<T>): input is T {
  // As `pulumi.Output.isInstance`, without loading the package: it takes a tenth of a second that the plugin can spare.
  const isOutput = (input as { readonly __pulumiOutput?: unknown } | null | undefined)?.__pulumiOutput === true;
  return !isOutput && !(input instanceof Promise) && input !== unknown;
}
