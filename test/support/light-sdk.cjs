// Preloaded into the Node processes of tests, so that programs take two thirds of their processor time: what few
// programs use of @pulumi/pulumi is loaded only once it is used, and stack traces name the SDK's compiled files. The
// soak test does without this.

/** @type {typeof import("node:module") & {_load(...args: [request: string, parent?: NodeModule, isMain?: boolean]): any}} */
const Module = /** @type {any} */ (require("node:module"));

/** What modules of the SDK require when they are loaded, and use seldom. */
const seldomUsed = new Set(["@npmcli/arborist", "ts-node", "./automation", "../../typescript-shim"]);

const load = Module._load;

Module._load = (...args) => {
  const [request, parent] = args;
  if (!/[\\/]@pulumi[\\/]pulumi[\\/]/.test(parent?.filename ?? "")) return load(...args);
  if (request === "source-map-support/register") return {};
  if (!seldomUsed.has(request)) return load(...args);
  // Compiled imports look at `__esModule` at once.
  return new Proxy({}, { get: (_, key) => key === "__esModule" || load(...args)[key] });
};
