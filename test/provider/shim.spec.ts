import assert from "node:assert/strict";
import { runtime } from "@pulumi/pulumi";
import * as handlers from "../../provider/handlers";
import { checkout } from "../support/engine";

// As compiled: what users have in their state is not the source's text.
const compiledShim = require(`${checkout}/dist/provider/shim.js`).shim;

describe("the serialised shim", () => {
  it("is small, holds no path of this machine, and does not change unnoticed", async () => {
    const { text } = await runtime.serializeFunction(() => compiledShim, { allowSecrets: true });
    assert.ok(text.length < 2500, `${text.length} characters`);
    assert.ok(!text.includes(checkout));
    const calls = [...text.matchAll(/require\("([^"]+)"\)\.(\w+)\(([^)]*)\)/g)].map(([, path, name, args]) => [
      path,
      name,
      args,
    ]);
    const path = "pulumi-lambda-layers/provider/handlers";
    // These are in users' states: a shim of every version must find its handlers, with these arguments.
    assert.deepEqual(calls.sort(), [
      [path, "check", "olds, news"],
      [path, "create", "inputs"],
      [path, "delete", "id, props"],
      [path, "diff", "id, olds, news"],
      [path, "read", "id, props"],
      [path, "update", "id, olds, news"],
    ]);
  });

  it("calls handlers that exist", () => {
    assert.deepEqual(Object.keys(handlers).sort(), ["check", "create", "delete", "diff", "read", "update"]);
    const parameters = (functions: object) =>
      Object.entries(functions as Record<string, () => unknown>)
        .map(([name, { length }]) => `${name}/${length}`)
        .sort();
    assert.deepEqual(parameters(compiledShim), parameters(handlers));
  });
});
