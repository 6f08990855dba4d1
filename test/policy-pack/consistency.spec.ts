import assert from "node:assert/strict";
import { PolicyContext } from "../../policy-pack/context";
import { consistency } from "../../policy-pack/policies/consistency";
import { analyzeStack, layer, type TestResource, unknownString } from "./harness";

function fn(name: string, layers: unknown[]): TestResource {
  return { name, props: { name, layers } };
}

async function violations(...resources: TestResource[]) {
  const policy = consistency(new PolicyContext({ PWD: "/" }));
  return (await analyzeStack([policy], resources)).violations.map(({ level, message }) => `${level}: ${message}`);
}

describe("layer-consistency", () => {
  it("passes a stack that uses each layer in one version", async () => {
    const bucket = { type: "aws:s3/bucket:Bucket", name: "b", props: { layers: [layer("base", 9)] } };
    const elsewhere = layer("base", 2, "eu-west-1");
    assert.deepEqual(await violations(fn("a", [layer("base", 1)]), fn("b", [layer("base", 1), elsewhere]), bucket), []);
    assert.deepEqual(await violations(), []);
  });

  it("names the versions of a layer and the functions that use them, many of them in short", async () => {
    const many = Array.from({ length: 7 }, (_, index) => fn(`f${index}`, [layer("base", 2)]));
    assert.deepEqual(await violations(fn("new", [layer("base", 10), layer("other", 1)]), ...many), [
      "advisory: Layer base is used in 2 versions: version 2 in f0, f1, f2, f3, f4 and 2 more; version 10 in new.",
    ]);
  });

  it("leaves out what is not known yet", async () => {
    assert.deepEqual(await violations(fn("a", [layer("base", 1)]), fn("b", [unknownString, layer("base", 1)])), []);
  });
});
