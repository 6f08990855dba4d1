import type { dynamic } from "@pulumi/pulumi";

// Pulumi serialises the text of these functions into the state of every stack that uses the resource, and refresh and
// destroy run that text years later. So the shim holds no logic and captures nothing: it requires the installed
// package's handlers inside each function. Their path and signatures are therefore a permanent interface.
//
// Each function is made from a text, because a bundler would put its own module in place of a `require` that it sees,
// and Pulumi would then serialise the whole bundle.

/** A function that calls one of the handlers with its arguments. */
function handler<Name extends keyof dynamic.ResourceProvider>(
  name: Name,
  args: string,
): NonNullable<dynamic.ResourceProvider[Name]> {
  return new Function(`return (${args}) => require("pulumi-lambda-layers/provider/handlers").${name}(${args});`)();
}

/** The dynamic provider as it is recorded in state. */
export const shim: dynamic.ResourceProvider = {
  check: handler("check", "olds, news"),
  diff: handler("diff", "id, olds, news"),
  create: handler("create", "inputs"),
  read: handler("read", "id, props"),
  update: handler("update", "id, olds, news"),
  delete: handler("delete", "id, props"),
};
