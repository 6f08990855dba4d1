// The version is in several files: all of them agree.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { version } from "../../package.json";
import { checkout } from "../../scripts/places.mjs";

/** Where the version is in a file, and how often; `V` is the version. */
const places: readonly (readonly [file: string, pattern: string, count: number])[] = [
  ["package-lock.json", `"name": "pulumi-lambda-layers",\\n\\s+"version": "V"`, 2],
  ["policy-pack/package.json", `"version": "V"`, 1],
  ["policy-pack/package.json", `"pulumi-lambda-layers": "\\^V"`, 1],
  ["sdks/python/pyproject.toml", `^\\s*version = "V"`, 1],
  ["sdks/python/pulumi_lambda_layers/pulumi-plugin.json", `"version": "V"`, 1],
  ["examples/policy/package.json", `"pulumi-lambda-layers": "\\^V"`, 1],
  ["examples/typescript/package.json", `"pulumi-lambda-layers": "\\^V"`, 1],
  ["examples/python/requirements.txt", `^pulumi_lambda_layers==V$`, 1],
  ["docs/policies.md", `pulumi-lambda-layers@vV\\b`, 2],
];

const read = (file: string) => readFileSync(join(checkout, file), "utf8");
const any = "(\\d+\\.\\d+\\.\\d+)";

describe("the version", () => {
  for (const [file, pattern, count] of places) {
    it(`is the package's in ${file}, as ${pattern.replaceAll("\\", "")}`, () => {
      const found = [...read(file).matchAll(new RegExp(pattern.replace("V", any), "gm"))].map(([, one]) => one);
      assert.deepEqual(found, Array(count).fill(version));
    });
  }

  it("is the newest in the changelog", () => {
    const [, newest] = /^## (\d+\.\d+\.\d+)(?: \(unreleased\))?$/m.exec(read("CHANGELOG.md")) ?? [];
    assert.equal(newest, version);
  });
});
