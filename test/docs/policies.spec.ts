import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { liveConfigSchema } from "../../policy-pack/metadata";
import { layerPolicies } from "../../policy-pack/policies";
import { checkout } from "../../scripts/places.mjs";

const document = readFileSync(join(checkout, "docs/policies.md"), "utf8");

/** The rows of the table that starts with these columns, each with its cells; backquotes left out. */
function table(...columns: string[]): string[][] {
  const [, after = ""] = document.split(`| ${columns.join(" | ")} |\n`);
  const rows = /^\|[-|]+\|\n((?:\|.*\|\n)+)/.exec(after)?.[1] ?? "";
  return rows
    .trimEnd()
    .split("\n")
    .map((row) => row.slice(2, -2).replaceAll("`", "").split(" | "));
}

describe("docs/policies.md", () => {
  const policies = table("policy", "level", "flags");
  it("has all policies, in their order and with their levels", () => {
    assert.deepEqual(
      policies.map(([name, level]) => [name, level]),
      layerPolicies.map(({ name, enforcementLevel }) => [name, enforcementLevel]),
    );
  });

  it("has all settings", () => {
    const settings = table("setting", "of", "meaning").map(([setting]) => setting);
    assert.deepEqual(settings, Object.keys(liveConfigSchema.properties));
  });
});
