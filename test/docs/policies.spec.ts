import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { liveConfigSchema } from "../../policy-pack/metadata";
import { layerPolicies } from "../../policy-pack/policies";
import { checkout } from "../../scripts/places.mjs";
import { analyze, analyzeStack, layer, type TestResource } from "../policy-pack/harness";
import { removeFolder, temporaryFolder } from "../support/folders";

const document = readFileSync(join(checkout, "docs/policies.md"), "utf8");

/** The rows of the table that begins with these columns, each with its cells; backquotes left out. */
function table(...columns: string[]): string[][] {
  const [, after = ""] = document.split(`| ${columns.join(" | ")} |\n`);
  const rows = /^\|[-|]+\|\n((?:\|.*\|\n)+)/.exec(after)?.[1] ?? "";
  return rows
    .trimEnd()
    .split("\n")
    .map((row) => row.slice(2, -2).replaceAll("`", "").split(" | "));
}

const base = layer("base", 5);
const fn = (props: object, name = "api"): TestResource => ({ name, props: { name, region: "us-east-1", ...props } });

/** What makes each policy speak. */
const offenders: Record<string, TestResource> = {
  "layer-version-pinned": fn({ layers: [layer("base", 1)] }),
  "layer-arn-valid": fn({ layers: ["base"] }),
  "layer-count": fn({ layers: [1, 2, 3, 4, 5, 6].map((number) => layer(`l${number}`, 1)) }),
  "layer-duplicate": fn({ layers: [layer("base", 1), layer("base", 2)] }),
  "layer-compatible": fn({ layers: [base] }),
  "layer-region": fn({ layers: [layer("base", 5, "eu-west-1")] }),
  "layer-declared": fn({ layers: [layer("other", 7)] }),
};

describe("docs/policies.md", () => {
  const policies = table("policy", "level", "flags", "for example");
  let folder: string;
  before(async () => {
    folder = await temporaryFolder();
    await writeFile(
      join(folder, "layer_config.yaml"),
      "layers:\n  base: { version: 5, compatible_architectures: [arm64] }\n",
    );
  });
  after(() => removeFolder(folder));

  it("has all policies, in their order and with their levels", () => {
    assert.deepEqual(
      policies.map(([name, level]) => [name, level]),
      layerPolicies.map(({ name, enforcementLevel }) => [name, enforcementLevel]),
    );
  });

  it("shows what they really say", async () => {
    const config = Object.fromEntries(
      layerPolicies.map(({ name }) => [name, { configFile: join(folder, "layer_config.yaml") }]),
    );
    for (const [name = "", , , example] of policies) {
      const offender = offenders[name];
      if (!offender) continue;
      const policy = layerPolicies.filter((one) => one.name === name);
      const [violation] = (await analyze(policy, offender, config)).violations;
      const [line = ""] = (violation?.message ?? "").split("\n");
      assert.equal(
        line.replaceAll("`", "").replaceAll(join(folder, "layer_config.yaml"), "layer_config.yaml"),
        example,
        name,
      );
    }
    // Of another stack, as policies remember what functions of the first were to have.
    const stack = [fn({ layers: [layer("other", 1)] }), fn({ layers: [layer("other", 2)] }, "worker")].map((one) => ({
      ...one,
      stack: "prod",
    }));
    const [violation] = (await analyzeStack(layerPolicies, stack, config)).violations;
    assert.equal(violation?.message, policies.find(([name]) => name === "layer-consistency")?.[3]);
  });

  it("has all settings", () => {
    const settings = table("setting", "of", "meaning").map(([setting]) => setting);
    assert.deepEqual(settings, Object.keys(liveConfigSchema.properties));
  });
});
