import type { dynamic } from "@pulumi/pulumi";

// Pulumi serialises the text of these functions into the state of every stack that uses the resource, and refresh and
// destroy run that text years later. So the shim contains no logic: it requires the installed package's handlers inside
// each function, and says what to do if they are missing. Their path and signatures are therefore a permanent
// interface.
//
// Each function is built from text, because a bundler would replace a `require` that it sees with its own module, and
// Pulumi would then serialise the whole bundle.

/** The handlers of the package that is installed in the program's folder. */
const handlers = new Function(`return () => {
  try { return require("pulumi-lambda-layers/provider/handlers"); }
  catch (error) {
    if (!String(error).includes("'pulumi-lambda-layers/provider/handlers'")) throw error;
    error.message = "The package pulumi-lambda-layers is not installed where Pulumi loads it from: " + process.cwd() + ". Add it to the dependencies of the package.json there and install it, or have an inline program name its folder by workDir and projectSettings.";
    error.stack = "";
    throw error;
  }
}`)();

/** A function that calls one of the handlers with its arguments. */
function handler<Name extends keyof dynamic.ResourceProvider>(
  name: Name,
  args: string,
): NonNullable<dynamic.ResourceProvider[Name]> {
  return new Function("handlers", `return (${args}) => handlers().${name}(${args});`)(handlers);
}

/** The dynamic provider as recorded in state. */
export const shim: dynamic.ResourceProvider = {
  check: handler("check", "olds, news"),
  diff: handler("diff", "id, olds, news"),
  create: handler("create", "inputs"),
  read: handler("read", "id, props"),
  update: handler("update", "id, olds, news"),
  delete: handler("delete", "id, props"),
};
