import assert from "node:assert/strict";
import { planInit } from "../../sdk/ops/init";
import { readInitState } from "../../sdk/ops/init-uses";
import { functionIn, layerVersionsOf, useLooks } from "./looks";

const vendor = "222222222222";

describe("a new config for an estate with several regions", () => {
  const looks = useLooks();

  interface Kind {
    readonly name: string;
    readonly region: string;
    readonly runtime: string;
    readonly architecture: string;
    readonly layers: readonly string[];
  }

  async function init(kinds: readonly Kind[]) {
    const resources = kinds.map(({ name, region, runtime, architecture, layers }) => {
      const fn = functionIn(region, name, []);
      const texts = layers.map((layer) => `arn:aws:lambda:${region}:${layer}`);
      const runs = { runtime, architectures: [architecture], layers: texts };
      return { ...fn, inputs: { ...fn.inputs, ...runs }, outputs: { ...fn.outputs, ...runs } };
    });
    return initOf(resources);
  }

  async function initOf(resources: readonly unknown[]) {
    await looks.write("layers: {}\n", resources);
    const filter = { functions: [], exclude: [] };
    const states = [await readInitState(looks.ports, { stack: "dev", filter })];
    return planInit(looks.ports, { file: "new.yaml", states, force: false, filter });
  }

  it("has one entry for layers that differ by region, account, runtime or architecture", async () => {
    const kinds = ["us-east-1", "us-east-2", "af-south-1"].flatMap((region) =>
      ["python3.12", "python3.13"].flatMap((runtime) =>
        ["arm64", "x86_64"].map((architecture): Kind => {
          const tools = `${vendor}:layer:toolsV3-${runtime.replace(".", "")}-${architecture}:4`;
          const owner = region === "af-south-1" ? "333333333333" : vendor;
          const insights = `${owner}:layer:insights:${{ "us-east-2": 33, "af-south-1": 28 }[region] ?? 35}`;
          const name = `${region}-${runtime.slice(-2)}-${architecture}`;
          return { name, region, runtime, architecture, layers: [tools, insights] };
        }),
      ),
    );
    const { text, layers, changes } = await init(kinds);
    assert.deepEqual(changes, []);
    assert.deepEqual(
      layers.map(({ key, version, uses, variants }) => [key, version, uses, variants]),
      [
        [
          "insights",
          35,
          12,
          [
            { when: { region: "af-south-1" }, version: 28 },
            { when: { region: "us-east-2" }, version: 33 },
          ],
        ],
        ["toolsV3", 4, 12, undefined],
      ],
    );
    assert.match(
      text,
      / {4}arn: "arn:aws:lambda:\{region\}:222222222222:layer:toolsV3-\{runtime\}-\{architecture\}"\n/,
    );
    assert.match(
      text,
      / {6}- when: \{ region: af-south-1 \}\n {8}arn: "arn:aws:lambda:\{region\}:333333333333:layer:insights"\n {8}version: 28\n/,
    );
  });

  it("has one entry for layers of the stack that differ by region", async () => {
    const kind = { runtime: "python3.12", architecture: "x86_64" };
    const { layers, changes } = await init([
      { ...kind, name: "a", region: "us-east-1", layers: [`${vendor}:layer:base-dev:4`] },
      { ...kind, name: "b", region: "us-east-1", layers: [`${vendor}:layer:base-dev:4`] },
      { ...kind, name: "c", region: "eu-west-1", layers: [`${vendor}:layer:base-dev:2`] },
    ]);
    assert.deepEqual(changes, []);
    assert.deepEqual(
      layers.map(({ key, version, variants }) => [key, version, variants]),
      [["base", 4, [{ when: { region: "eu-west-1" }, version: 2 }]]],
    );
  });

  it("keeps entries apart if one could not say the same", async () => {
    // A function has the layer of another runtime on purpose: a placeholder would move it.
    const kind = { region: "us-east-1", architecture: "arm64" };
    const { text, changes } = await init([
      { ...kind, name: "a", runtime: "python3.12", layers: [`${vendor}:layer:tools-python312:1`] },
      { ...kind, name: "b", runtime: "python3.13", layers: [`${vendor}:layer:tools-python313:1`] },
      { ...kind, name: "c", runtime: "python3.11", layers: [`${vendor}:layer:tools-python39:1`] },
      { ...kind, name: "d", runtime: "nodejs22.x", layers: [`${vendor}:layer:tools-python312:1`] },
    ]);
    assert.deepEqual(changes, []);
    assert.doesNotMatch(text, /\{runtime\}/);
  });

  describe("with a LayerVersions resource, which records names without accounts", () => {
    /** A function with layers such as `222222222222:layer:insights:35`. */
    const fn = (region: string, name: string, ...layers: string[]) => {
      const one = functionIn(region, name, []);
      const texts = layers.map((layer) => `arn:aws:lambda:${region}:${layer}`);
      return { ...one, inputs: { ...one.inputs, layers: texts }, outputs: { ...one.outputs, layers: texts } };
    };
    const elsewhere = (layers: Record<string, number>, region = "eu-west-1") => ({
      ...layerVersionsOf({ billing: layers }, region),
      urn: `urn:pulumi:dev::shop::layers::${region}`,
    });
    const entries = ({ layers, skipped }: Awaited<ReturnType<typeof initOf>>) => [
      layers.map(({ key, version, variants = [] }) => [key, version, ...variants.map((one) => one.when.region)]),
      skipped.map(({ function: name, reason }) => `${name}: ${reason}`),
    ];
    const insights = (account: string) => `${account}:layer:insights:35`;

    it("takes the account of the stack's other layers of that name", async () => {
      const plan = await initOf([fn("us-east-1", "api", insights(vendor)), elsewhere({ insights: 30, shared: 3 })]);
      assert.deepEqual(entries(plan), [
        [
          ["shared", 3],
          ["insights", 30, "us-east-1"],
        ],
        [],
      ]);
      assert.match(plan.text, / {4}arn: "arn:aws:lambda:\{region\}:222222222222:layer:insights"\n/);
      assert.doesNotMatch(plan.text, /:123456789012:/);
      assert.deepEqual(plan.changes, []);
    });

    it("prefers those of the same region", async () => {
      const here = fn("eu-west-1", "mail", "333333333333:layer:insights:30");
      const plan = await initOf([fn("us-east-1", "api", insights(vendor)), here, elsewhere({ insights: 30 })]);
      assert.deepEqual(entries(plan), [[["insights", 30, "us-east-1"]], []]);
      assert.deepEqual(plan.changes, []);
    });

    it("leaves out and names what may be the layer of several accounts, or of none that is known", async () => {
      const several = [fn("us-east-1", "api", insights(vendor)), fn("us-west-2", "mail", insights("333333333333"))];
      const unclear = ["billing: the account of its layer insights is not recorded"];
      const [, skipped] = entries(await initOf([...several, elsewhere({ insights: 30 })]));
      assert.deepEqual(skipped, unclear);
      const inTwo = await initOf([
        fn("us-east-1", "api", "123456789012:layer:base:1"),
        ...["eu-west-1", "us-west-2"].map((region) => elsewhere({ insights: 30 }, region)),
      ]);
      assert.deepEqual(entries(inTwo), [[["base", 1]], [...unclear, ...unclear]]);
      assert.doesNotMatch(inTwo.text, /insights/);
    });
  });
});
