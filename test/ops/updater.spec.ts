import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { LayerConfig } from "../../sdk/core/config/parse";
import { LayerVersionUpdater } from "../../sdk/wiring";
import { removeFolder, temporaryFolder } from "../support/folders";
import { awsFunction, layer, stateOf, urn } from "../support/states";

const config = `layers: { own: { version: 5 }, third: { version: 8 } }
stack_overrides: { dev: { own: { version: 6 } } }
`;
const state = stateOf([
  awsFunction("fn", [layer("own", 1), layer("OWN-legacy", 2)]),
  {
    ...awsFunction("mine", undefined),
    type: "my:mod:Fn",
    urn: urn("my:mod:Fn", "mine"),
    inputs: { name: "mine", list: [layer("own", 1)] },
  },
]);

describe("LayerVersionUpdater", () => {
  let cwd: string;
  beforeEach(async () => {
    cwd = await temporaryFolder();
    await writeFile(join(cwd, "layer_config.yaml"), config);
    await writeFile(join(cwd, "state.json"), JSON.stringify(state));
  });
  afterEach(() => removeFolder(cwd));
  const options = () => ({ cwd, stateFile: "state.json" });
  const changes = async (updater: LayerVersionUpdater) =>
    (await updater.updateLayerVersionsInState()).changes.map(
      ({ function: name, layer: of, from, to }) => `${name} ${of} ${from} -> ${to}`,
    );
  const read = async () => readFile(join(cwd, "state.json"), "utf8");

  it("has the documented properties", () => {
    const updater = new LayerVersionUpdater(options());
    assert.equal(updater.configPath, "layer_config.yaml");
    assert.equal(updater.stackName, "dev");
    assert.deepEqual(updater.layerMappings, { own: 6, third: 8 });
    assert.deepEqual(new LayerVersionUpdater({ ...options(), stackName: "acme/shop/prod" }).layerMappings, {
      own: 5,
      third: 8,
    });
  });

  it("works step by step, and writes only in the third step", async () => {
    const updater = new LayerVersionUpdater(options());
    const before = await read();
    const { facts } = await updater.exportStackState();
    assert.equal(facts.functions.length, 1);
    assert.deepEqual(await changes(updater), ["fn own 1 -> 6"]);
    assert.equal(await read(), before);
    assert.match((await updater.importStackState()) ?? "", /^backups\/dev_state_/);
    assert.match(await read(), /layer:own:6/);
    await assert.rejects(updater.syncWithAws(), { code: "usage" });
  });

  it("performs the earlier steps by itself", async () => {
    await new LayerVersionUpdater(options()).importStackState();
    assert.match(await read(), /layer:own:6/);
  });

  it("takes additional patterns from buildLayerArn", async () => {
    class Legacy extends LayerVersionUpdater {
      protected override buildLayerArn(arn: string, fn: { readonly name: string }): string {
        return arn.includes("-legacy:") ? arn.replace(/\d+$/, "4") : super.buildLayerArn(arn, fn);
      }
    }
    assert.deepEqual(await changes(new Legacy(options())), ["fn own 1 -> 6", "fn OWN-legacy 2 -> 4"]);
  });

  it("lets buildLayerArn change nothing but the version", async () => {
    class Wrong extends LayerVersionUpdater {
      protected override buildLayerArn(arn: string): string {
        return arn.replace("own", "other");
      }
    }
    await assert.rejects(changes(new Wrong(options())), {
      code: "usage",
      message: /^buildLayerArn may only change the version/,
    });
  });

  it("takes the config from loadConfig", async () => {
    class Fixed extends LayerVersionUpdater {
      protected override loadConfig(): LayerConfig {
        const loaded = super.loadConfig();
        return { ...loaded, overrides: new Map() };
      }
    }
    const updater = new Fixed(options());
    assert.deepEqual(updater.layerMappings, { own: 5, third: 8 });
    assert.deepEqual(await changes(updater), ["fn own 1 -> 5"]);
  });

  it("takes additional resource types from findLambdaResources", async () => {
    class Further extends LayerVersionUpdater {
      protected override findLambdaResources(bytes: Uint8Array) {
        return super.findLambdaResources(bytes, { "my:mod:Fn": "list" });
      }
    }
    const updater = new Further(options());
    assert.deepEqual(await changes(updater), ["fn own 1 -> 6", "mine own 1 -> 6"]);
    await updater.importStackState();
    assert.doesNotMatch(await read(), /layer:own:1"/);
  });
});
