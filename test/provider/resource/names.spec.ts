// What the names of functions mean to the handler that the engine calls.

import assert from "node:assert/strict";
import { check } from "../../../provider/handlers";
import type { FunctionSelection } from "../../../sdk/core/live";
import { arnOf, useAws } from "../../aws/harness";
import { requestOf } from "../../support/provider";

describe("the names of functions in LayerVersions", () => {
  const aws = useAws();
  beforeEach(() =>
    aws.emulator.seed({
      layers: [{ name: "dynamo-dev", versions: 8 }],
      functions: [
        { name: "api", layers: ["dynamo-dev:1"] },
        { name: "api", region: "eu-west-1" },
        { name: "api", account: "222222222222" },
      ],
    }),
  );

  async function preview(selection: FunctionSelection) {
    const request = requestOf("layers: {dynamo: {version: 5}}", { selection, dryRun: false });
    const { inputs, failures = [] } = await check(
      {},
      { configFile: "layer_config.yaml", region: "us-east-1", request },
    );
    return { functions: (inputs as { functions: object }).functions, reasons: failures.map(({ reason }) => reason) };
  }

  const forms = [
    "api",
    "api:$LATEST",
    "function:api",
    "123456789012:function:api",
    "123456789012:function:api:$LATEST",
    "us-east-1:123456789012:function:api",
    arnOf("api"),
    `${arnOf("api")}:$LATEST`,
  ];
  for (const form of forms) {
    it(`${form} means the function`, async () => {
      assert.deepEqual(await preview({ names: [form] }), { functions: { api: { "dynamo-dev": 5 } }, reasons: [] });
    });
  }

  it("several forms mean one function", async () => {
    aws.emulator.resetCounts();
    assert.deepEqual(Object.keys((await preview({ names: forms })).functions), ["api"]);
    assert.equal(aws.emulator.counts().GetFunction, 1);
  });

  const refused: [what: string, selection: FunctionSelection, reason: RegExp][] = [
    ["an alias", { names: ["api:live"] }, /^api:live is a version or an alias .* Name the function itself: api$/],
    ["a version", { names: ["api:3"] }, /^api:3 is a version or an alias/],
    [
      "an alias by ARN",
      { names: [`${arnOf("api")}:live`] },
      /Name the function itself: arn:aws:lambda:.*:function:api$/,
    ],
    ["a partial ARN's alias", { names: ["123456789012:function:api:live"] }, /itself: 123456789012:function:api$/],
    [
      "another region",
      { names: ["arn:aws:lambda:eu-west-1:123456789012:function:api"] },
      /is in eu-west-1, but this resource is for us-east-1\. Name it in a LayerVersions with `region: "eu-west-1"`\.$/,
    ],
    [
      "another account",
      { names: ["222222222222:function:api"] },
      /^222222222222:function:api belongs to account 222222222222, but the credentials belong to 123456789012\. Name it in/,
    ],
    [
      "another account's, if this one has none of the name",
      { names: ["arn:aws:lambda:us-east-1:222222222222:function:other"] },
      /belongs to account 222222222222/,
    ],
    ["an empty name", { names: ["api", ""] }, /^functions\.names contains an empty name\./],
    ["an invalid name", { names: ["a b"] }, /^"?a b"? in functions\.names is neither the name nor the ARN/],
    [
      "an empty prefix",
      { prefix: "" },
      /^functions\.prefix is empty, which would select every function in the region\./,
    ],
    ["no tags", { tags: {} }, /^functions\.tags is empty/],
  ];
  for (const [what, selection, reason] of refused) {
    it(`${what} is refused`, async () => {
      const { functions, reasons } = await preview(selection);
      assert.deepEqual(functions, {});
      assert.equal(reasons.length, 1, reasons.join("\n"));
      assert.match(reasons[0] ?? "", reason);
      assert.deepEqual(aws.emulator.writes(), []);
    });
  }

  it("all invalid names are reported at once", async () => {
    assert.equal((await preview({ names: ["api:live", "", "api:3"] })).reasons.length, 3);
  });

  it("no names and no selection mean no functions", async () => {
    for (const selection of [{}, { names: [] }])
      assert.deepEqual(await preview(selection), { functions: {}, reasons: [] });
    assert.deepEqual(aws.emulator.counts(), {});
  });
});
