import assert from "node:assert/strict";
import { planInit } from "../../sdk/ops/init";
import { readInitState } from "../../sdk/ops/init-uses";
import { functionIn, useLooks } from "./looks";

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
});
