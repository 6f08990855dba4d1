import assert from "node:assert/strict";
import { layerPolicies } from "../../policy-pack/policies";
import { analyze, analyzeStack, layer, remediate, type TestResource } from "./harness";

// As in an organisation: no file beside the pack, and resources that Pulumi has found in an account, with the
// properties that Cloud Control returns.

const layers = { base: { version: 5, compatible_runtimes: ["python3.12"] }, tools: { version: 3, enforce: "minimum" } };
const config = { "layer-version-pinned": { layers } };

function found(props: object = {}, name = "found"): TestResource {
  return {
    ...{ type: "aws-native:lambda:Function", name, stack: "123456789012" },
    props: {
      ...{ FunctionName: `${name}-api`, Runtime: "python3.12", Architectures: ["arm64"], PackageType: "Zip" },
      ...{
        Arn: `arn:aws:lambda:us-east-1:123456789012:function:${name}-api`,
        Layers: [layer("base", 5), layer("tools", 4)],
      },
      ...props,
    },
  };
}

const said = async (props: object) =>
  (await analyze(layerPolicies, found(props), config)).violations.map(({ policy, message }) => [
    policy,
    message.split("\n")[0],
  ]);

describe("policies of an organisation, over functions that Pulumi does not manage", () => {
  it("pass what is as declared, by the layers in their configuration alone", async () => {
    assert.deepEqual((await analyze(layerPolicies, found(), config)).violations, []);
    assert.deepEqual((await analyze(layerPolicies, found({ Layers: undefined }), config)).violations, []);
  });

  it("flag other versions, layers that do not suit, and layers of another region", async () => {
    assert.deepEqual(await said({ Layers: [layer("base", 1)] }), [
      ["layer-version-pinned", "Function found-api: Layer base version 1 -> 5"],
    ]);
    assert.deepEqual(await said({ Runtime: "nodejs22.x" }), [
      [
        "layer-compatible",
        "Function found-api: Layer base is for python3.12, but the function runs on nodejs22.x (the policy's configuration for base).",
      ],
    ]);
    assert.deepEqual(await said({ Layers: [layer("base", 5, "eu-west-1")] }), [
      [
        "layer-region",
        "Function found-api: Layer base is in region eu-west-1, but the function is in us-east-1. Use the layer that is published in us-east-1.",
      ],
    ]);
    assert.deepEqual(await said({ Layers: [layer("other", 1)] }), [
      [
        "layer-declared",
        "Function found-api: Layer other version 1 is not declared in the policy's configuration. Add it there: `other: { version: 1 }`.",
      ],
    ]);
  });

  it("check them together with others", async () => {
    const { violations } = await analyzeStack(
      layerPolicies,
      [found({ Layers: [layer("free", 1)] }, "one"), found({ Layers: [layer("free", 2)] }, "two")],
      config,
    );
    assert.deepEqual(
      violations.map(({ message }) => message),
      ["Layer free is used at 2 versions: version 1 in one-api; version 2 in two-api."],
    );
  });

  it("do not pretend to change them", async () => {
    assert.equal(await remediate(layerPolicies, found({ Layers: [layer("base", 1)] }), config), undefined);
  });
});
