import assert from "node:assert/strict";
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { PolicyContext } from "../../policy-pack/context";
import { arnValid, layerCountWithin, noDuplicate, sameRegion } from "../../policy-pack/policies/lambda-rules";
import { analyze, layer, type TestResource, unknownString } from "./harness";

const five = ["a", "b", "c", "d", "e"].map((name) => layer(name, 1));

/** What a policy says about a valid function with some properties changed. */
async function messages(
  policy: (context: PolicyContext) => ResourceValidationPolicy,
  props: object,
  others: TestResource = {},
): Promise<string[]> {
  const resource = { props: { name: "api", region: "us-east-1", layers: five, ...props }, ...others };
  const { violations } = await analyze([policy(new PolicyContext({ PWD: "/" }))], resource);
  return violations.map(({ level, message }) => {
    assert.equal(level, "mandatory");
    return message;
  });
}

describe("policies over Lambda's own rules", () => {
  for (const policy of [arnValid, layerCountWithin, noDuplicate, sameRegion]) {
    it(`${policy(new PolicyContext({})).name} passes a valid function, and one without layers, without any config`, async () => {
      assert.deepEqual(await messages(policy, {}), []);
      assert.deepEqual(await messages(policy, { layers: undefined }), []);
      assert.deepEqual(await messages(policy, { layers: null }), []);
    });
  }

  describe("layer-arn-valid", () => {
    const valid = layer("base", 1);
    const cases: [string, unknown, RegExp][] = [
      [
        "a layer without a version",
        valid.replace(/:1$/, ""),
        /it has no version at its end; .*`arn`, not in `layerArn`/,
      ],
      ["version 0", valid.replace(/:1$/, ":0"), /its version is not a number of 1 or more/],
      ["$LATEST", valid.replace(/:1$/, ":$LATEST"), /its version is not a number/],
      ["a name", "base", /it does not start with arn:/],
      ["an empty string", "", /it is empty/],
      ["white space", ` ${valid}`, /it has spaces around it/],
      ["another service", "arn:aws:s3:::bucket", /of another service/],
      ["a function", "arn:aws:lambda:us-east-1:123456789012:function:f", /not the ARN of a layer/],
      ["a short account", valid.replace("123456789012", "12345"), /its account does not have 12 digits/],
      ["no region", valid.replace("us-east-1", ""), /it has no region/],
      ["an invalid name", valid.replace("base", "ba se"), /its name is not 1 to 140/],
      ["more parts", `${valid}:2`, /does not have the parts of/],
      ["a number", 7, /it is not a string/],
      ["no list", "not a list", /it is not a string/],
    ];
    for (const [what, bad, expected] of cases) {
      it(`flags ${what} without quoting it`, async () => {
        const layers = what === "no list" ? bad : [valid, bad];
        const [message = "", ...others] = await messages(arnValid, { layers });
        assert.match(message, /^Function api: Invalid layer ARN format: layer [12]: /);
        assert.match(message, expected);
        assert.deepEqual(others, []);
        if (typeof bad === "string" && bad.length > 4) assert.ok(!message.includes(bad));
      });
    }

    it("allows Lambda's own layers, which have neither region nor version", async () => {
      assert.deepEqual(await messages(arnValid, { layers: ["arn:aws:lambda:::awslayer:AmazonLinux2", valid] }), []);
    });

    it("allows partitions that it does not know", async () => {
      assert.deepEqual(await messages(arnValid, { layers: ["arn:aws-xy:lambda:xy-1:123456789012:layer:a:1"] }), []);
    });
  });

  it("layer-count flags a sixth layer, known or not", async () => {
    const expected = ["Function api: 6 layers, but Lambda allows only 5. Remove or combine some of them."];
    assert.deepEqual(await messages(layerCountWithin, { layers: [...five, layer("f", 1)] }), expected);
    const policy = layerCountWithin(new PolicyContext({ PWD: "/" }));
    const { violations } = await analyze([policy], { props: { name: "api", layers: [...five, unknownString] } });
    assert.deepEqual(
      violations.map(({ level }) => level),
      ["mandatory", "advisory"],
    );
  });

  it("layer-duplicate flags a layer that appears twice, at one version or two", async () => {
    const [other] = five;
    assert.deepEqual(await messages(noDuplicate, { layers: [layer("base", 1), other, layer("base", 2)] }), [
      "Function api: Layer base is listed 2 times: layer 1 (version 1), layer 3 (version 2). Keep one of them.",
    ]);
    assert.equal((await messages(noDuplicate, { layers: [other, other] })).length, 1);
    assert.deepEqual(await messages(noDuplicate, { layers: [layer("a", 1), layer("a", 1, "us-west-2")] }), []);
  });

  describe("layer-region", () => {
    const foreign = [layer("base", 1, "eu-west-1")];
    const expected = [
      "Function api: Layer base is in region eu-west-1, but the function is in us-east-1. Use the layer that is published in us-east-1.",
    ];

    it("takes the function's region from itself, its ARN, or its provider", async () => {
      const provider = { region: "us-east-1" };
      const arn = "arn:aws:lambda:us-east-1:123456789012:function:api";
      assert.deepEqual(await messages(sameRegion, { layers: foreign }), expected);
      assert.deepEqual(await messages(sameRegion, { layers: foreign, region: undefined, arn }), expected);
      const own = { name: "api", layers: foreign };
      assert.deepEqual(await messages(sameRegion, {}, { props: own, provider }), expected);
      assert.deepEqual(await messages(sameRegion, {}, { props: { ...own, region: "eu-west-1" }, provider }), []);
    });

    it("says nothing if the region is not known", async () => {
      assert.deepEqual(await messages(sameRegion, { layers: foreign, region: undefined }), []);
      assert.deepEqual(await messages(sameRegion, { layers: foreign, region: unknownString }), []);
      const provider = { region: unknownString };
      assert.deepEqual(await messages(sameRegion, {}, { props: { layers: foreign }, provider }), []);
      // A hidden region counts as unknown.
      const hidden = { region: "[secret]", layers: five };
      assert.deepEqual(await messages(sameRegion, hidden), []);
      assert.deepEqual(
        await messages(sameRegion, { region: undefined, layers: five }, { provider: { region: "[secret]" } }),
        [],
      );
    });
  });
});
