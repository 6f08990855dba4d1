import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { liveConfigSchema } from "../../policy-pack/metadata";
import { layerPolicies } from "../../policy-pack/policies";
import { checkout } from "../../scripts/places.mjs";
import { tableOf } from "./markdown";

const document = readFileSync(join(checkout, "docs/policies.md"), "utf8");

const table = (...columns: string[]) => tableOf(document.replaceAll("`", ""), ...columns);

describe("docs/policies.md", () => {
  const policies = table("policy", "level", "flags");
  it("lists all policies, in their order and with their levels", () => {
    assert.deepEqual(
      policies.map(([name, level]) => [name, level]),
      layerPolicies.map(({ name, enforcementLevel }) => [name, enforcementLevel]),
    );
  });

  it("lists all settings", () => {
    const settings = table("setting", "of", "meaning").map(([setting]) => setting);
    assert.deepEqual(settings, Object.keys(liveConfigSchema.properties));
  });
});
