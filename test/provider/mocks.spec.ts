import assert from "node:assert/strict";
import { createAwsStack } from "../support/aws-stack";
import { run } from "../support/processes";

describe("unit tests of programs with Pulumi's mocks", function () {
  this.timeout(60_000);

  it("may declare layers, each its own", async () => {
    const stack = await createAwsStack({
      env: {},
      files: {
        "test.js": `
const pulumi = require("@pulumi/pulumi");
pulumi.runtime.setMocks({ newResource: ({ name, inputs }) => ({ id: name, state: inputs }), call: ({ inputs }) => inputs });
const { LayerVersions, pinLayers } = require("pulumi-lambda-layers");
pinLayers({ layers: { base: { version: 4 } } });
const arn = "arn:aws:lambda:us-east-1:123456789012:layer:base";
const layers = new LayerVersions("layers", { layers: { base: { version: 5, arn } }, functions: { prefix: "billing-" } });
layers.arn("base").apply((text) => console.log(text));
`,
      },
    });
    try {
      const { code, output } = await run(process.execPath, ["test.js"], { cwd: stack.dir, env: stack.env });
      assert.equal(code, 0, output);
      assert.match(output, /layer:base:5/);
    } finally {
      await stack.dispose();
    }
  });
});
