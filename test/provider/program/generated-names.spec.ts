import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { exampleName, generatedNames } from "../../../provider/program/generated-names";

const type = "aws:lambda/function:Function";

describe("names that Pulumi generates", () => {
  before(() => {
    const mocks = { newResource: () => ({ id: "", state: {} }), call: () => ({}) };
    return pulumi.runtime.setMocks(mocks, "shop", "dev", false, "organization");
  });
  afterEach(() => pulumi.runtime.setAllConfig({}));

  const cases: [what: string, autonaming: unknown, fits: string[], fitsNot: string[], example: string][] = [
    ["by default", undefined, ["api.v-0a1b2c3"], ["api.v", "apixv-0a1b2c3", "api.v-0A1B2C3"], "api.v-0000000"],
    ["as they are written", { mode: "verbatim" }, ["api.v"], ["api.v-0a1b2c3"], "api.v"],
    [
      "by a pattern",
      { pattern: `\${org}-\${project}_\${stack}-\${config.team}-\${name}-\${alphanum(2)}\${num(2)}\${string(1)}` },
      ["default-shop_dev-blue-api.v-z912q"],
      ["default-shop_dev-blue-api.v-z912qq"],
      "default-shop_dev-blue-api.v-0000a",
    ],
    [
      "with a UUID",
      { pattern: `\${name}/\${uuid}` },
      ["api.v/9f0c3b1e-0000-4000-8000-1234567890ab"],
      ["api.v/"],
      "api.v/00000000-0000-0000-0000-000000000000",
    ],
    [
      "by the provider's rule",
      { mode: "verbatim", providers: { aws: { pattern: `\${name}-\${hex(2)}` }, gcp: { pattern: "x" } } },
      ["api.v-0a"],
      ["api.v"],
      "api.v-00",
    ],
    [
      "by the type's rule",
      { providers: { aws: { pattern: "x", resources: { [type]: { mode: "default" } } } } },
      ["api.v-0a1b2c3"],
      ["x"],
      "api.v-0000000",
    ],
  ];
  for (const [what, autonaming, fits, fitsNot, example] of cases) {
    it(what, () => {
      const config: Record<string, string> = { "shop:team": "blue" };
      if (autonaming) config["pulumi:autonaming"] = JSON.stringify(autonaming);
      pulumi.runtime.setAllConfig(config);
      const pattern = new RegExp(`^(?:${generatedNames(type, "api.v")})$`);
      const wrong = [...fits.filter((name) => !pattern.test(name)), ...fitsNot.filter((name) => pattern.test(name))];
      assert.deepEqual(wrong, []);
      assert.equal(exampleName(type, "api.v"), example);
    });
  }
});
