import assert from "node:assert/strict";
import type { Engine } from "../../../provider/native/engine";
import { Handling } from "../../../provider/native/handling";
import { refresh } from "../../../provider/native/reads";
import { open, seal, type Values } from "../../../provider/native/values";
import { useAws } from "../../aws/harness";
import { urn } from "../../support/states";

describe("a refresh of the plugin's resource", () => {
  const aws = useAws();
  const handling = new Handling({ log() {}, flushed: async () => {} } as unknown as Engine);
  const before = { api: { base: 1 } };
  const recorded = { configFile: "layer_config.yaml", region: "us-east-1", before };
  const inputs = { ...recorded, functions: { names: ["api"] }, versions: { api: { base: 5 } } };
  const refreshed = (secrets: readonly string[], live: number) => {
    aws.emulator.seed({
      layers: [{ name: "base", versions: 9 }],
      functions: [{ name: "api", layers: [`base:${live}`] }],
    });
    const olds = { ...recorded, versions: { api: { base: 5 } } };
    const oldInputs = seal(inputs, new Set(secrets));
    return refresh(handling, urn("lambda-layers:index:LayerVersions", "shared"), "id", olds, oldInputs);
  };
  const secretsOf = (values: Values) => [...open(values).secrets].sort();

  it("finds what someone else has moved", async () => {
    const found = await refreshed([], 7);
    assert.deepEqual(found.outputs.versions, { api: { base: 7 } });
    assert.deepEqual(found.inputs.versions, { api: { base: 7 } });
  });

  it("leaves the inputs unchanged if nothing was moved", async () => {
    assert.deepEqual((await refreshed([], 5)).inputs, inputs);
  });

  it("keeps what a secret hides hidden: the names of functions are in the versions too", async () => {
    const found = await refreshed(["functions"], 7);
    assert.deepEqual(secretsOf(found.inputs), ["before", "functions", "versions"]);
    assert.ok(["before", "versions"].every((name) => secretsOf(found.outputs).includes(name)));
    assert.deepEqual(open(found.inputs).values.versions, { api: { base: 7 } });
  });
});
