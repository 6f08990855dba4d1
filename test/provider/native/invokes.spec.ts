import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Plugin } from "../../../provider/native/plugin";
import { useAws } from "../../aws/harness";
import { removeFolder, temporaryFolder } from "../../support/folders";

const config = `layers:
  base: { version: 5, description: for all }
  tools: { version: 3, enforce: minimum, replaces: ["base-v1-{stack}"] }
  billed: { version: 5, variants: [{ when: { function: billing-export }, version: 3 }] }
  powertools:
    arn: arn:aws:lambda:{region}:017000801446:layer:Powertools-{runtime}-{architecture}
    version: 18
    replaces: ["arn:aws:lambda:*:017000801446:layer:OldPowertools*"]
    variants:
      - when: { function: billing-export }
        version: 17
settings:
  aws_region: us-east-1
  aws_account_id: "123456789012"
  validate_layer_exists: false
  resource_types: { "my:mod:Fn": layers }
stack_overrides:
  prod: { base: { version: 6 } }
`;

const own = (layer: string) => `arn:aws:lambda:us-east-1:123456789012:layer:${layer}`;
const theirs = (layer: string) => `arn:aws:lambda:us-east-1:017000801446:layer:${layer}`;
const runsOn = { functionName: "api", runtime: "python3.12", architecture: "arm64" };

/** A function, its arguments, and its answer, or why it refuses. */
const cases: [title: string, name: string, args: object, answer: object | RegExp][] = [
  ["pins a layer", "pinLayer", { layerArn: own("base-dev:1") }, { arn: own("base-dev:5") }],
  ["keeps what is newer than a minimum", "pinLayer", { layerArn: own("tools:4") }, { arn: own("tools:4") }],
  ["keeps what nothing declares", "pinLayer", { layerArn: own("other:1") }, { arn: own("other:1") }],
  ["keeps what is not a layer", "pinLayer", { layerArn: "x" }, { arn: "x" }],
  [
    "uses runtime and architecture",
    "pinLayer",
    { layerArn: theirs("Powertools-python312-arm64:2"), ...runsOn },
    { arn: theirs("Powertools-python312-arm64:18") },
  ],
  [
    "assumes Lambda's default for a missing architecture",
    "pinLayer",
    { layerArn: theirs("OldPowertools:9"), functionName: "api", runtime: "python3.13" },
    { arn: theirs("Powertools-python313-x86_64:18") },
  ],
  [
    "makes an exception of a function",
    "pinLayer",
    { layerArn: theirs("OldPowertools:9"), ...runsOn, functionName: "billing-export" },
    { arn: theirs("Powertools-python312-arm64:17") },
  ],
  [
    "leaves what cannot be determined",
    "pinLayer",
    { layerArn: theirs("OldPowertools:9") },
    { arn: theirs("OldPowertools:9") },
  ],
  [
    "refuses unknown arguments",
    "pinLayer",
    { layerArn: "x", runtimes: "y" },
    /^runtimes: There is no such property. Did you mean runtime\?/,
  ],
  ["requires the layer", "pinLayer", {}, /^layerArn: It is missing\./],
  [
    "gives an ARN",
    "getLayerVersionArn",
    { name: "base", region: "eu-west-1" },
    { arn: own("base-dev:5").replace("us-east-1", "eu-west-1") },
  ],
  [
    "gives the ARN for functions without an exception",
    "getLayerVersionArn",
    { name: "billed" },
    { arn: own("billed-dev:5") },
  ],
  [
    "suggests a name",
    "getLayerVersionArn",
    { name: "bas" },
    /declares no layer "bas" for stack dev. Did you mean base\?/,
  ],
  [
    "names the entry that replaces the layer",
    "getLayerVersionArn",
    { name: "base-v1" },
    /declares no layer "base-v1" for stack dev. tools replaces it: name tools instead\.$/,
  ],
  [
    "names the entry that replaces the layer of any region",
    "getLayerVersionArn",
    { name: "OldPowertools" },
    /declares no layer "OldPowertools" for stack dev. powertools replaces it: name powertools instead\.$/,
  ],
  [
    "lists all names if none is near",
    "getLayerVersionArn",
    { name: "datadog" },
    /declares no layer "datadog" for stack dev. It declares base, .+\.$/,
  ],
  [
    "says what an ARN depends on",
    "getLayerVersionArn",
    { name: "powertools" },
    /is unknown \(\S+:\d+\): the runtime of the function is unknown/,
  ],
  [
    "says where it looked for the config",
    "getDeclaredLayers",
    { configFile: "nowhere.yaml" },
    /^: Config file not found: nowhere.yaml/,
  ],
];

describe("the functions of the plugin", () => {
  const aws = useAws();
  let folder: string;
  const lines: string[] = [];
  const engine = { log: (text: string) => void lines.push(text), flushed: async () => {}, publish: async () => {} };
  const plugin = new Plugin(engine, "0.1.0");
  const invoke = (name: string, args: object) =>
    plugin.invoke(`lambda-layers:index:${name}`, { configFile: join(folder, "c.yaml"), ...args });

  before(async () => {
    folder = await temporaryFolder();
    await writeFile(join(folder, "c.yaml"), config);
    plugin.configure("urn:pulumi:dev::test::pulumi:providers:lambda-layers::default", {});
  });
  after(() => removeFolder(folder));

  for (const [title, name, args, answer] of cases) {
    it(`${name} ${title}`, async () => {
      const { result, problems } = await invoke(name, args);
      const told = problems.map(({ path, reason }) => `${path}: ${reason}`).join("\n");
      if (answer instanceof RegExp) assert.match(told, answer);
      else assert.deepEqual([result, told], [answer, ""]);
    });
  }

  it("pinLayer reports once what it leaves and why", async () => {
    const about = () => lines.filter((line) => line.includes("layer OldPowertools is not pinned"));
    const before = about().length;
    await invoke("pinLayer", { layerArn: theirs("OldPowertools:9") });
    assert.deepEqual([about().length - before, about().length], [before === 0 ? 1 : 0, 1]);
    assert.match(about()[0] ?? "", /^Warning: layer OldPowertools is not pinned/);
  });

  it("getDeclaredLayers returns what the stack has", async () => {
    const { result } = await invoke("getDeclaredLayers", {});
    const { layers, resourceTypes } = result as { layers: Record<string, { version: number }>; resourceTypes: object };
    assert.deepEqual(Object.keys(layers), ["base", "tools", "billed", "powertools"]);
    assert.equal(layers.base?.version, 5);
    assert.deepEqual(resourceTypes, { "my:mod:Fn": "layers" });
    plugin.configure("urn:pulumi:prod::test::pulumi:providers:lambda-layers::default", {});
    const inProd = (await invoke("getDeclaredLayers", {})).result as { layers: Record<string, { version: number }> };
    assert.equal(inProd.layers.base?.version, 6);
  });

  it("pinLayer leaves functions out of what is reconciled, by their names or by how Pulumi generates these", async () => {
    const names = ["fn-own", "fn-auto-0a1b2c3", "fn-auto-other", "fn-else"];
    aws.emulator.seed({
      layers: [{ name: "base-dev", versions: 5 }],
      functions: names.map((name) => ({ name, layers: ["base-dev:1"] })),
    });
    const own = new Plugin(engine, "0.1.0");
    own.configure("urn:pulumi:dev::test::pulumi:providers:lambda-layers::default", {});
    for (const functionName of ["fn-own", `fn-auto-\${hex(7)}`])
      await own.invoke("lambda-layers:index:pinLayer", { layerArn: "", functionName });
    const news = { configFile: join(folder, "c.yaml"), functions: { prefix: "fn-" } };
    const { inputs, problems } = await own.check(
      "urn:pulumi:dev::test::lambda-layers:index:LayerVersions::l",
      {},
      news,
    );
    assert.deepEqual([problems, Object.keys(inputs.versions as object)], [[], ["fn-auto-other", "fn-else"]]);
  });

  it("are all there are", async () => {
    await assert.rejects(
      invoke("getLayer", {}),
      /There is no function lambda-layers:index:getLayer\. Known functions are: /,
    );
  });
});
