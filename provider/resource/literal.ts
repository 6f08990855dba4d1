import type * as pulumi from "@pulumi/pulumi";
import { unknown } from "./selection";

/** Whether the value is a literal, so that it is available immediately. */
export function isLiteral<T>(input: pulumi.Input<T>): input is T {
  // Like `pulumi.Output.isInstance`, but without loading the package, which saves the plugin a tenth of a second.
  const isOutput = (input as { readonly __pulumiOutput?: unknown } | null | undefined)?.__pulumiOutput === true;
  return !isOutput && !(input instanceof Promise) && input !== unknown;
}
