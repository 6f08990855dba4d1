import assert from "node:assert/strict";
import { PolicyContext } from "../../policy-pack/context";
import { compatible } from "../../policy-pack/policies/compatible";
import { allDeclared } from "../../policy-pack/policies/declared";
import { analyze, layer, unknownList, unknownString } from "./harness";

const layers = {
  base: { version: 5, compatible_runtimes: ["python3.12", "python3.13"], compatible_architectures: ["arm64"] },
  any: { version: 1 },
};
const good = {
  name: "api",
  runtime: "python3.12",
  architectures: ["arm64"],
  layers: [layer("base", 5), layer("any", 1)],
};

describe("layer-compatible", () => {
  async function violations(props: object) {
    const config = { "layer-compatible": { layers } };
    return (await analyze([compatible(new PolicyContext({}))], { props: { ...good, ...props } }, config)).violations;
  }

  it("passes a function that suits its layers, and one whose layers suit everything", async () => {
    assert.deepEqual(await violations({}), []);
    assert.deepEqual(
      await violations({ runtime: "nodejs22.x", architectures: undefined, layers: [layer("any", 9)] }),
      [],
    );
    assert.deepEqual(await violations({ runtime: "nodejs22.x", layers: undefined }), []);
  });

  it("flags a runtime that the layer is not for", async () => {
    const [violation, ...others] = await violations({ runtime: "nodejs22.x" });
    assert.equal(violation?.level, "mandatory");
    assert.match(
      violation?.message ?? "",
      /^Function api: Layer base is for python3.12 or python3.13, but the function runs on nodejs22.x \(the policy's configuration for base\)\.$/,
    );
    assert.deepEqual(others, []);
  });

  it("flags an architecture that the layer is not for; without any, Lambda's default counts", async () => {
    for (const architectures of [["x86_64"], undefined, null]) {
      const [violation] = await violations({ architectures });
      assert.match(violation?.message ?? "", /Layer base is for arm64, but the function runs on x86_64/);
    }
  });

  it("flags layers of an image function", async () => {
    const [violation] = await violations({ packageType: "Image", runtime: undefined });
    assert.match(violation?.message ?? "", /^Function api is deployed as a container image, so it cannot have layers/);
    assert.deepEqual(await violations({ packageType: "Image", layers: [] }), []);
  });

  it("reports what is not known yet, once and as advisory, and only if it matters", async () => {
    const [runtime, ...others] = await violations({ runtime: unknownString });
    assert.equal(runtime?.level, "advisory");
    assert.match(runtime?.message ?? "", /the runtime of function api: not yet known/);
    assert.deepEqual(others, []);
    for (const architectures of [unknownList, [unknownString]]) {
      const [violation] = await violations({ architectures });
      assert.match(violation?.message ?? "", /the architectures of function api: not yet known/);
    }
    assert.deepEqual(await violations({ runtime: unknownString, layers: [layer("any", 1)] }), []);
  });

  it("does not guess what a secret hides, and compares the rest", async () => {
    const said = async (props: object) => (await violations(props)).map(({ message }) => message);
    const unknown = (what: string) =>
      `Function api: whether it suits layer base is unknown: its ${what} cannot be read here.`;
    assert.deepEqual(await said({ runtime: "[secret]" }), [unknown("runtime")]);
    for (const architectures of ["[secret]", ["[secret]"], ["arm64", "[secret]"]])
      assert.deepEqual(await said({ architectures }), [unknown("architectures")]);
    assert.deepEqual(await said({ runtime: "[secret]", architectures: "[secret]" }), [
      unknown("runtime and architectures"),
    ]);
    const [first = "", ...others] = await said({ runtime: "nodejs22.x", architectures: "[secret]" });
    assert.match(first, /Layer base is for python3.12 or python3.13, but the function runs on nodejs22.x/);
    assert.deepEqual(others, [unknown("architectures")]);
    assert.deepEqual(await said({ runtime: "[secret]", architectures: "[secret]", layers: [layer("any", 1)] }), []);
  });
});

describe("layer-declared", () => {
  async function violations(props: object) {
    const config = { "layer-declared": { layers } };
    return (await analyze([allDeclared(new PolicyContext({}))], { props: { ...good, ...props } }, config)).violations;
  }

  it("passes layers that are declared, at any version", async () => {
    assert.deepEqual(await violations({ layers: [layer("base", 1), layer("dev-base", 2), layer("any-dev", 3)] }), []);
  });

  it("flags an undeclared layer, as advisory", async () => {
    assert.deepEqual(await violations({ layers: [layer("base", 5), layer("bases", 7)] }), [
      {
        policy: "layer-declared",
        level: "advisory",
        message:
          "Function api: Layer bases version 7 is not declared in the policy's configuration. Add it there: `bases: { version: 7 }`.",
      },
    ]);
  });

  it("says if a secret kept it from checking", async () => {
    const [violation] = await violations({ layers: [layer("base", 5), "[secret]"] });
    assert.match(violation?.message ?? "", /layer 2 is a secret that cannot be read here. No policy has checked it/);
  });
});
