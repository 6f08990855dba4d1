import assert from "node:assert/strict";
import { PolicyContext } from "../../policy-pack/context";
import { consistency } from "../../policy-pack/policies/consistency";
import { layerCountWithin } from "../../policy-pack/policies/lambda-rules";
import { analyze, analyzeStack, layer, type TestResource, unknownList, unknownString } from "./harness";

function fn(name: string, layers: unknown[]): TestResource {
  return { name, props: { name, layers } };
}

async function violations(...resources: TestResource[]) {
  const policy = consistency(new PolicyContext({ PWD: "/" }));
  return (await analyzeStack([policy], resources)).violations.map(({ level, message }) => `${level}: ${message}`);
}

describe("layer-consistency", () => {
  it("passes a stack that uses each layer at one version", async () => {
    const bucket = { type: "aws:s3/bucket:Bucket", name: "b", props: { layers: [layer("base", 9)] } };
    const elsewhere = layer("base", 2, "eu-west-1");
    assert.deepEqual(await violations(fn("a", [layer("base", 1)]), fn("b", [layer("base", 1), elsewhere]), bucket), []);
    assert.deepEqual(await violations(), []);
  });

  it("names the versions of a layer and the functions that use them, and shortens long lists", async () => {
    const many = Array.from({ length: 7 }, (_, index) => fn(`f${index}`, [layer("base", 2)]));
    assert.deepEqual(await violations(fn("new", [layer("base", 10), layer("other", 1)]), ...many), [
      "advisory: Layer base is used at 2 versions: version 2 in f0, f1, f2, f3, f4 and 2 more; version 10 in new.",
    ]);
  });

  it("sorts its message, whatever the order in the program", async () => {
    const stack = [
      fn("d", [layer("tools", 2), layer("base", 2)]),
      fn("c", [layer("base", 2), layer("tools", 1)]),
      fn("a", [layer("tools", 1), layer("base", 2)]),
      fn("b", [layer("base", 1)]),
    ];
    assert.deepEqual(await violations(...stack), [
      "advisory: Layer base is used at 2 versions: version 1 in b; version 2 in a, c and d.",
      "advisory: Layer tools is used at 2 versions: version 1 in a and c; version 2 in d.",
    ]);
  });

  it("distinguishes layers and functions of one name by their regions", async () => {
    const regions = ["us-east-1", "eu-west-1"];
    const stack = regions.flatMap((region) =>
      ["api", "job"].map((name, index) => ({
        name: `${name}-${region}`,
        props: { name, region, layers: [layer("base", index + 1, region)] },
      })),
    );
    assert.deepEqual(await violations(...stack), [
      "advisory: Layer base (eu-west-1) is used at 2 versions: version 1 in api (eu-west-1); version 2 in job (eu-west-1).",
      "advisory: Layer base (us-east-1) is used at 2 versions: version 1 in api (us-east-1); version 2 in job (us-east-1).",
    ]);
  });

  it("reports no difference that the config declares, and says which part of another one it declares", async () => {
    const layers = {
      base: { version: 6, variants: [{ when: { function: "cron" }, version: 5, until: "2020-12-31" }] },
      tools: { version: 3, enforce: "minimum" },
    };
    const said = async (...resources: TestResource[]) => {
      const policy = consistency(new PolicyContext({ PWD: "/" }));
      return (await analyzeStack([policy], resources, { [policy.name]: { layers } })).violations.map(
        (one) => one.message,
      );
    };
    const cron = fn("cron", [layer("base", 5)]);
    const api = fn("api", [layer("base", 6), layer("tools", 3)]);
    assert.deepEqual(await said(cron, api, fn("worker", [layer("base", 6)])), []);
    assert.deepEqual(
      await said(cron, api, fn("mail", [layer("base", 6)]), fn("worker", [layer("base", 7), layer("tools", 4)])),
      [
        "Layer base is used at 3 versions: version 5 in cron (declared for it); version 6 in api and mail (declared for them); version 7 in worker.",
        "Layer tools is used at 2 versions: version 3 in api (declared for it); version 4 in worker.",
      ],
    );
    // One of two functions with it has that version without a declaration.
    assert.deepEqual(await said(cron, api, fn("mail", [layer("base", 5)])), [
      "Layer base is used at 2 versions: version 5 in cron and mail; version 6 in api (declared for it).",
    ]);
    assert.deepEqual(await violations(cron, api), [
      "advisory: Layer base is used at 2 versions: version 5 in cron; version 6 in api.",
    ]);
  });

  it("compares what is known, and reports what is not known yet or cannot be read", async () => {
    const unknown = fn("b", [unknownString, layer("base", 2)]);
    const hidden = fn("c", ["[secret]"]);
    assert.deepEqual(await violations(fn("a", [layer("base", 1)]), unknown, hidden), [
      "advisory: Layer base is used at 2 versions: version 1 in a; version 2 in b.",
      "advisory: Not compared: c. Some of their layers are secrets that cannot be read here.",
      "advisory: can't run policy 'layer-consistency' from policy pack 'test-pack@v1.0.0' during preview: which layers b will have: not yet known, checked during the update",
    ]);
  });

  it("uses the layers that functions are to have, as far as resource policies have seen them", async () => {
    const context = new PolicyContext({ PWD: "/" });
    await analyze([layerCountWithin(context)], fn("b", [unknownString, layer("base", 2)]));
    const outputs = [fn("a", [layer("base", 1)]), { name: "b", props: { name: "b", layers: unknownList } }];
    const { violations } = await analyzeStack([consistency(context)], outputs);
    assert.deepEqual(
      violations.map(({ message }) => message.split("\n")[0]),
      [
        "Layer base is used at 2 versions: version 1 in a; version 2 in b.",
        "can't run policy 'layer-consistency' from policy pack 'test-pack@v1.0.0' during preview: which layers b will have: not yet known, checked during the update",
      ],
    );
  });
});
