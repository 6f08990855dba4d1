import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runtime } from "@pulumi/pulumi";
import * as handlers from "../../provider/handlers";
import { checkout } from "../support/engine";
import { removeFolder, temporaryFolder } from "../support/folders";
import { run } from "../support/processes";

// Compiled: users' states do not contain the source's text.
const compiledShim = require(`${checkout}/dist/provider/shim.js`).shim;

describe("the serialised shim", () => {
  it("is small, contains no path of this machine, and does not change unnoticed", async () => {
    const { text } = await runtime.serializeFunction(() => compiledShim, { allowSecrets: true });
    assert.ok(text.length < 2500, `${text.length} characters`);
    assert.ok(!text.includes(checkout));
    const [, path] = /require\("([^"]+)"\)/.exec(text) ?? [];
    assert.equal(path, "pulumi-lambda-layers/provider/handlers");
    const calls = [...text.matchAll(/handlers\(\)\.(\w+)\(([^)]*)\)/g)].map(([, name, args]) => [name, args]);
    // These are in users' states: a shim of every version must find its handlers, with these arguments.
    assert.deepEqual(calls.sort(), [
      ["check", "olds, news"],
      ["create", "inputs"],
      ["delete", "id, props"],
      ["diff", "id, olds, news"],
      ["read", "id, props"],
      ["update", "id, olds, news"],
    ]);
  });

  it("says in one line what to do if the package is not where Pulumi loads it from", async () => {
    const { text } = await runtime.serializeFunction(() => compiledShim, { allowSecrets: true });
    const folder = await temporaryFolder();
    await writeFile(join(folder, "shim.js"), text);
    // As the server of dynamic resources shows an error.
    const script = `try { require("./shim.js").handler().diff("id", {}, {}); } catch (e) { console.log(e + ": " + e.stack); }`;
    const { stdout } = await run(process.execPath, ["-e", script], { cwd: folder, env: {} });
    await removeFolder(folder);
    assert.equal(
      stdout,
      `Error: The package pulumi-lambda-layers is not installed where Pulumi loads it from: ${folder}. Add it to the dependencies of the package.json there and install it, or have an inline program name its folder by workDir and projectSettings.: \n`,
    );
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
