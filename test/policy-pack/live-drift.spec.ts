import assert from "node:assert/strict";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../emulator";
import { checkout, createProject, type Project } from "../support/engine";
import { awsFunction, layer, stateOf } from "../support/states";

describe("layer-live-drift", function () {
  this.timeout(120_000);
  let emulator: Emulator;
  let project: Project;
  before(async () => {
    emulator = await startEmulator();
    emulator.seed({ layers: [{ name: "base", versions: 5 }] });
    project = await createProject({ env: emulator.env });
  });
  after(async () => {
    await project.dispose();
    await emulator.close();
  });
  beforeEach(() => emulator.resetCounts());

  /** Analyzes a stack of functions as recorded: all at version 5, whatever runs in AWS. */
  async function analyze(names: readonly string[], settings: object | undefined, env = {}) {
    const layers = { base: { version: 5 } };
    await project.write({
      "export.json": stateOf(names.map((name) => awsFunction(name, [layer("base", 5)]))),
      "settings.json": {
        "layer-version-pinned": { layers },
        ...(settings && { "layer-live-drift": { enforcementLevel: "mandatory", ...settings } }),
      },
    });
    const pack = ["--policy-pack", join(checkout, "policy-pack"), "--policy-pack-config", "settings.json"];
    const { code, output } = await project.pulumi(["policy", "analyze", "--file", "export.json", ...pack], { env });
    const lines = output.split("\n").map((line) => line.trim());
    return { code, output, drift: lines.filter((line) => line.startsWith("In AWS: ")) };
  }

  it("does not ask AWS unless it is configured", async () => {
    emulator.seed({ functions: [{ name: "off", layers: ["base:1"] }] });
    const { code, output } = await analyze(["off"], undefined);
    assert.equal(code, 0, output);
    assert.deepEqual(emulator.counts(), {});
  });

  it("compares what runs in AWS with the config, in as few calls as there are pages", async () => {
    const names = Array.from({ length: 60 }, (_, index) => `fn-${index}`);
    const drifting = (name: string) => name === "fn-7" || name === "fn-41";
    emulator.seed({ functions: names.map((name) => ({ name, layers: [drifting(name) ? "base:2" : "base:5"] })) });
    const { code, output, drift } = await analyze([...names, "not-there"], {});
    assert.notEqual(code, 0);
    assert.deepEqual(drift.sort(), [
      "In AWS: Function fn-41: Layer base version 2 -> 5",
      "In AWS: Function fn-7: Layer base version 2 -> 5",
    ]);
    assert.match(output, /layer-live-drift {2}\(aws:lambda:Function: fn-7\)/);
    assert.match(output, /Not checked against AWS: not-there\. AWS has no such function/);
    assert.deepEqual(emulator.counts(), { ListFunctions: 2 });
  });

  it("says which functions it could not check, and why", async () => {
    emulator.seed({ functions: [{ name: "secret-one", layers: ["base:5"] }] });
    const deny = { action: "lambda:*" };
    emulator.deny(deny);
    const denied = await analyze(["secret-one"], {});
    emulator.allowAll();
    assert.notEqual(denied.code, 0);
    assert.match(denied.output, /Not checked against AWS: secret-one\. /);
    assert.match(denied.output, /lambda:GetFunction/);

    emulator.fault({ operation: "GetFunction", delayMs: 20_000 });
    const late = await analyze(["secret-one"], { timeoutSeconds: 1 });
    emulator.clearFaults();
    assert.notEqual(late.code, 0);
    assert.match(late.output, /Not checked against AWS: secret-one\. AWS took longer than 1 s; `timeoutSeconds`/);
  });
});
