import assert from "node:assert/strict";
import fc from "fast-check";
import { PolicyContext } from "../../policy-pack/context";
import { versionPinned } from "../../policy-pack/policies/version-pinned";
import { counts } from "../support/counts";
import { analyze, layer, remediate, secret, type TestResource, unknownList, unknownString } from "./harness";

const layers = { base: { version: 5 }, tools: { version: 3, enforce: "minimum" } };
const good: TestResource = {
  props: { name: "api", runtime: "python3.12", layers: [layer("base-dev", 5), layer("tools", 4), layer("theirs", 1)] },
};

/** A valid function with some properties changed. */
function broken(props: object, others: TestResource = {}): TestResource {
  return { ...good, ...others, props: { ...good.props, ...props } };
}

function check(resource: TestResource, config: object = { layers }) {
  return analyze([versionPinned(new PolicyContext({}))], resource, { "layer-version-pinned": config });
}

function fix(resource: TestResource, config: object = { layers }) {
  return remediate([versionPinned(new PolicyContext({}))], resource, { "layer-version-pinned": config });
}

describe("layer-version-pinned", () => {
  it("passes a function whose layers are as declared", async () => {
    assert.deepEqual(await check(good), { violations: [], notApplicable: [] });
    assert.equal(await fix(good), undefined);
  });

  it("names function, layer, both versions, where it is declared, and what to do", async () => {
    const { violations } = await check(broken({ layers: [layer("base-dev", 1)] }));
    assert.deepEqual(violations, [
      {
        policy: "layer-version-pinned",
        level: "mandatory",
        message: [
          "Function api: Layer base-dev version 1 -> 5",
          "the policy's configuration for base declares version 5. Set version 5 in the program, pin it with pinLayers, or set this policy to `remediate`.",
        ].join("\n"),
      },
    ]);
  });

  it("accepts newer versions under `enforce: minimum`, and no older ones", async () => {
    assert.deepEqual((await check(broken({ layers: [layer("tools", 9)] }))).violations, []);
    const [violation] = (await check(broken({ layers: [layer("tools", 2)] }))).violations;
    assert.match(violation?.message ?? "", /Layer tools version 2 -> 3\n.*declares at least version 3/);
  });

  describe("an entry that differs between functions", () => {
    const varied = {
      layers: {
        kit: {
          arn: "arn:aws:lambda:{region}:123456789012:layer:kit-{runtime}-{architecture}",
          version: 2,
          replaces: ["old-*"],
          variants: [{ when: { function: "special" }, version: 7 }],
        },
      },
    };
    const kit = (name: string, version: number) => layer("base-dev", version).replace("base-dev", name);

    it("names the new layer, and puts it in the place of the old one", async () => {
      const resource = broken({ region: "us-east-1", layers: [kit("first", 1), kit("old-kit", 4)] });
      const { violations } = await check(resource, varied);
      assert.deepEqual(
        violations.map(({ message }) => message.split("\n")[0]),
        ["Function api: Layer old-kit:4 -> kit-python312-x86_64:2"],
      );
      const fixed = (await fix(resource, varied)) as { layers: string[] };
      assert.deepEqual(fixed.layers, [kit("first", 1), kit("kit-python312-x86_64", 2)]);
      const special = broken({ name: "special", architectures: ["arm64"], layers: [kit("old-kit", 4)] });
      const other = (await fix(special, varied)) as { layers: string[] };
      assert.deepEqual(other.layers, [kit("kit-python312-arm64", 7)]);
    });

    it("takes the account from the role, which is always in the function's own", async () => {
      const byAccount = {
        layers: { tools: { version: 3, variants: [{ when: { account: "210987654321" }, version: 8 }] } },
      };
      const role = (account: string) => `arn:aws:iam::${account}:role/service-role/run`;
      const wanted = async (props: Record<string, unknown>) =>
        (await check(broken({ layers: [layer("tools", 1)], ...props }), byAccount)).violations.map(
          ({ message }) => message.split("\n")[0],
        );
      assert.deepEqual(await wanted({ role: role("210987654321") }), ["Function api: Layer tools version 1 -> 8"]);
      assert.deepEqual(await wanted({ role: role("123456789012") }), ["Function api: Layer tools version 1 -> 3"]);
      assert.match(String(await wanted({ role: "run" })), /unknown: the account of the function/);
      assert.match(String(await wanted({ role: unknownString })), /not yet known|unknown: the account/);
    });

    it("is left alone and reported if what decides is not known", async () => {
      const resource = broken({ runtime: unknownString, layers: [kit("old-kit", 4)] });
      assert.equal(await fix(resource, varied), undefined);
      assert.match(JSON.stringify(await check(resource, varied)), /the declared version of old-kit of function api/);
      // One of two architectures is enough.
      for (const props of [
        { architectures: unknownList },
        { architectures: [unknownString] },
        { name: unknownString },
      ]) {
        const later = broken({ ...props, layers: [kit("old-kit", 4)] });
        assert.equal(await fix(later, varied), undefined);
        const [violation, ...others] = (await check(later, varied)).violations;
        assert.equal(violation?.level, "advisory");
        assert.match(violation?.message ?? "", /the declared version of old-kit of function \w+: not yet known/);
        assert.deepEqual(others, []);
      }
      for (const architectures of ["[secret]", ["[secret]"], ["arm64", "[secret]"]]) {
        const hidden = broken({ architectures, layers: [kit("old-kit", 4)] });
        assert.equal(await fix(hidden, varied), undefined);
        assert.match(
          (await check(hidden, varied)).violations[0]?.message ?? "",
          /the declared version of layer old-kit is unknown: the architecture of the function/,
        );
      }
      const none = broken({ runtime: undefined, layers: [kit("old-kit", 4)] });
      const { violations } = await check(none, varied);
      assert.match(
        violations[0]?.message ?? "",
        /the declared version of layer old-kit is unknown: the runtime of the function/,
      );
    });
  });

  it("reports each layer of a function", async () => {
    const { violations } = await check(
      broken({ layers: [layer("base-dev", 6), layer("theirs", 1), layer("tools", 1)] }),
    );
    assert.deepEqual(
      violations.map(({ message }) => message.split("\n")[0]),
      ["Function api: Layer base-dev version 6 -> 5", "Function api: Layer tools version 1 -> 3"],
    );
  });

  it("takes the stack from the URN", async () => {
    const config = { layers, stackOverrides: { prod: { base: { version: 4 } } } };
    const inProd = broken({ layers: [layer("base-prod", 5)] }, { stack: "prod" });
    assert.match((await check(inProd, config)).violations[0]?.message ?? "", /base-prod version 5 -> 4/);
    assert.deepEqual((await check({ ...inProd, stack: "test" }, config)).violations, []);
  });

  for (const [what, resource] of Object.entries({
    "no layers": broken({ layers: undefined }),
    "layers that are null": broken({ layers: null }),
    "an empty list": broken({ layers: [] }),
    "texts that are no ARN": broken({ layers: ["base-dev:1", ""] }),
    "layers of another name": broken({ layers: [layer("base-devs", 1), layer("my-base", 1)] }),
  })) {
    it(`passes ${what}`, async () => {
      assert.deepEqual(await check(resource), { violations: [], notApplicable: [] });
      assert.equal(await fix(resource), undefined);
    });
  }

  it("does not apply to other resources", async () => {
    const other = { type: "aws:s3/bucket:Bucket", props: { layers: [layer("base-dev", 1)] } };
    assert.deepEqual(await check(other), { violations: [], notApplicable: ["layer-version-pinned"] });
    assert.equal(await fix(other), undefined);
  });

  it("recognises aws-native's functions, and registered types", async () => {
    const native = { type: "aws-native:lambda:Function", props: { functionName: "n", layers: [layer("base", 1)] } };
    assert.match((await check(native)).violations[0]?.message ?? "", /^Function n: Layer base version 1 -> 5/);
    const own = { type: "my:mod:Fn", name: "own", props: { parts: [layer("base", 1)] } };
    const config = { layers, resourceTypes: { "my:mod:Fn": "parts" } };
    assert.match((await check(own, config)).violations[0]?.message ?? "", /^Function own: Layer base version 1 -> 5/);
    assert.deepEqual((await fix(own, config))?.parts, [layer("base", 5)]);
  });

  describe("what is not known before the update", () => {
    it("is reported once and as advisory, while what is known is checked", async () => {
      const context = new PolicyContext({});
      const policies = [versionPinned(context), { ...versionPinned(context), name: "another" }];
      const resource = broken({ layers: [layer("base-dev", 1), unknownString] });
      const { violations } = await analyze(policies, resource, { "layer-version-pinned": { layers } });
      assert.deepEqual(
        violations.map(({ policy, level }) => [policy, level]),
        [
          ["layer-version-pinned", "mandatory"],
          ["layer-version-pinned", "advisory"],
          ["another", "mandatory"],
        ],
      );
      assert.match(violations[1]?.message ?? "", /layer 2 of function api: not yet known, checked during the update$/);
    });

    it("may be the whole list", async () => {
      const { violations } = await check(broken({ layers: unknownList, name: unknownString }));
      assert.equal(violations[0]?.level, "advisory");
      assert.match(violations[0]?.message ?? "", /the layers of function fn: not yet known/);
    });

    it("is unchanged in a remediation, as are all other properties", async () => {
      const resource = broken({
        role: unknownString,
        layers: [unknownString, layer("base-dev", 1)],
        environment: { variables: { KEY: secret("s3cret") } },
      });
      assert.deepEqual(await fix(resource), { ...resource.props, layers: [unknownString, layer("base-dev", 5)] });
    });
  });

  describe("secrets", () => {
    it("stay secret in a remediation, as a list and one by one", async () => {
      const list = await fix(broken({ layers: secret([layer("base-dev", 1), layer("theirs", 1)]) }));
      assert.deepEqual(list?.layers, secret([layer("base-dev", 5), layer("theirs", 1)]));
      const one = await fix(broken({ layers: [secret(layer("base-dev", 1)), layer("base-dev", 2)] }));
      assert.deepEqual(one?.layers, [secret(layer("base-dev", 5)), layer("base-dev", 5)]);
    });

    it("are not a violation if they cannot be read", async () => {
      for (const layers of ["[secret]", ["[secret]"]]) {
        assert.deepEqual((await check(broken({ layers }))).violations, []);
        assert.equal(await fix(broken({ layers })), undefined);
      }
    });
  });

  it("keeps a function's code in a remediation", async () => {
    const text = { "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", text: "exports.a = 1" };
    const archive = (content: object) => ({
      "4dabf18193072939515e22adb298388d": "0def7320c3a5731c473e5ecbe6d01bc7",
      ...content,
    });
    for (const code of [
      archive({ path: "./code", hash: "0a1b" }),
      archive({
        hash: "2c3d",
        assets: { "index.js": text, lib: archive({ path: "./lib" }), deep: archive({ assets: { "x.js": text } }) },
      }),
      secret(archive({ assets: { "index.js": text } })),
    ]) {
      const resource = broken({ code, layers: [layer("base-dev", 1)] });
      assert.deepEqual((await fix(resource))?.code, code);
    }
  });

  it("remediates to exactly the declared versions, in the order of the list", async () => {
    const name = fc.constantFrom("base", "base-dev", "dev-base", "tools", "theirs");
    const list = fc.array(fc.tuple(name, fc.integer({ min: 1, max: 9 })), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(list, async (used) => {
        const resource = broken({ layers: used.map(([name, version]) => layer(name, version)) });
        const expected = used.map(([name, version]) =>
          layer(name, name === "theirs" ? version : name === "tools" ? Math.max(version, 3) : 5),
        );
        const fixed = await fix(resource);
        assert.deepEqual((fixed ?? resource.props)?.layers, expected);
        assert.equal(fixed === undefined, (await check(resource)).violations.length === 0);
        assert.deepEqual((await check(broken({ layers: expected }))).violations, []);
      }),
      counts({ sample: 100, full: 2000 }),
    );
  });
});
