import assert from "node:assert/strict";
import { readDeclaring, regionFor } from "../../../provider/native/declaring";
import type { LayerVersionsInputs } from "../../../provider/resource/inputs";
import { defaultSettings } from "../../../sdk/core/config/settings";
import { withEnv } from "../../aws/harness";

describe("what is wrong with the inputs of the plugin's resource", () => {
  it("is reported at once, for layers and for functions", () => {
    const inputs = {
      layers: { base: { version: null } },
      functions: { names: ["api:live", ""], tags: {} },
    } as unknown as LayerVersionsInputs;
    const declaring = readDeclaring("shared", inputs, { stack: "dev", config: { region: "us-east-1" } });
    assert(declaring.is === "wrong");
    const reasons = declaring.problems.map(({ path, reason }) => `${path}: ${reason}`);
    assert.equal(reasons.length, 4, reasons.join("\n"));
    for (const [index, part] of [/^layers\.base/, /functions\.tags is empty/, /api:live/, /empty name/].entries())
      assert.match(reasons[index] ?? "", part);
  });

  it("names the file's property only if it is set, because the engine shows its value", () => {
    const pathsOf = (inputs: LayerVersionsInputs) => {
      const declaring = readDeclaring("shared", inputs, { stack: "dev", config: { configFile: "none.yaml" } });
      assert(declaring.is === "wrong");
      assert.match(declaring.problems[0]?.reason ?? "", /^Config file not found: none\.yaml/);
      return declaring.problems.map(({ path }) => path);
    };
    assert.deepEqual(pathsOf({}), [""]);
    assert.deepEqual(pathsOf({ configFile: "none.yaml" }), ["configFile"]);
  });

  it("names what only the plugin sets, which the engine sends for `ignoreChanges`", () => {
    const inputs = {
      functions: { names: ["api"] },
      versions: { api: { base: 5 } },
      before: null,
    } as LayerVersionsInputs;
    const declaring = readDeclaring("shared", inputs, { stack: "dev", config: {} });
    assert(declaring.is === "wrong");
    assert.deepEqual(
      declaring.problems.map(({ path }) => path),
      ["versions"],
    );
    assert.match(declaring.problems[0]?.reason ?? "", /Only the plugin sets it\..* the option `ignoreChanges`\./);
  });
});

describe("the region of a plugin resource that names none", () => {
  let restore: () => void;
  before(() => {
    restore = withEnv({ AWS_REGION: "us-west-1" });
  });
  after(() => restore());
  const regionOf = (provider?: string, file?: string) =>
    regionFor({ stack: "dev", config: { region: provider } }, { settings: { ...defaultSettings, region: file } });

  it("is its provider's, else the config's, else the environment's", () => {
    assert.equal(regionOf("us-east-1", "eu-west-1"), "us-east-1");
    assert.equal(regionOf(undefined, "eu-west-1"), "eu-west-1");
    assert.equal(regionOf(), "us-west-1");
  });
});
