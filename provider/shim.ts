import type { dynamic } from "@pulumi/pulumi";

// Pulumi serialises the text of these functions into the state of every stack that uses the resource, and refresh and
// destroy run that text years later. So the shim holds no logic and captures nothing: it requires the installed
// package's handlers inside each function. Their path and signatures are therefore a permanent interface.

/** The dynamic provider as it is recorded in state. */
export const shim: dynamic.ResourceProvider = {
  check: (olds, news) => require("pulumi-lambda-layers/provider/handlers").check(olds, news),
  diff: (id, olds, news) => require("pulumi-lambda-layers/provider/handlers").diff(id, olds, news),
  create: (inputs) => require("pulumi-lambda-layers/provider/handlers").create(inputs),
  read: (id, props) => require("pulumi-lambda-layers/provider/handlers").read(id, props),
  update: (id, olds, news) => require("pulumi-lambda-layers/provider/handlers").update(id, olds, news),
  delete: (id, props) => require("pulumi-lambda-layers/provider/handlers").delete(id, props),
};
