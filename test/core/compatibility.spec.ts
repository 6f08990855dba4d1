import assert from "node:assert/strict";
import { foreignRegion, whyUnsuitable } from "../../sdk/core/compatibility";

const arn = "arn:aws:lambda:us-east-1:123456789012:function:f";

describe("whyUnsuitable", () => {
  const python = { arn, runtime: "python3.12", architectures: ["x86_64"] };
  const arm = { arn, runtime: "nodejs22.x", architectures: ["arm64"] };
  const unknown = { arn, runtime: undefined, architectures: [] };
  const cases = [
    { fn: python, runtimes: [], architectures: [], reason: undefined },
    { fn: python, runtimes: ["python3.11", "python3.12"], architectures: ["x86_64", "arm64"], reason: undefined },
    {
      fn: python,
      runtimes: ["python3.11"],
      architectures: [],
      reason: "is for python3.11, but the function runs on python3.12",
    },
    {
      fn: arm,
      runtimes: ["python3.11", "python3.12", "python3.13"],
      architectures: ["arm64"],
      reason: "is for python3.11, python3.12 or python3.13, but the function runs on nodejs22.x",
    },
    { fn: arm, runtimes: [], architectures: ["x86_64"], reason: "is for x86_64, but the function runs on arm64" },
    { fn: unknown, runtimes: ["python3.12"], architectures: ["arm64"], reason: undefined },
  ];
  for (const { fn, runtimes, architectures, reason } of cases) {
    it(`${fn.runtime} on ${fn.architectures} with a layer for [${runtimes}] on [${architectures}]: ${reason ?? "suits"}`, () => {
      const facts = { arn: "", compatibleRuntimes: runtimes, compatibleArchitectures: architectures };
      assert.equal(whyUnsuitable(fn, facts), reason);
    });
  }
});

describe("foreignRegion", () => {
  it("is the layer's region if the function has another", () => {
    const layer = "arn:aws:lambda:us-east-1:464622532012:layer:Datadog:3";
    assert.equal(foreignRegion({ arn }, layer), undefined);
    assert.equal(foreignRegion({ arn }, layer.replace("us-east-1", "eu-west-1")), "eu-west-1");
  });
});
