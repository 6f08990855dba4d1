// A resource's life without the engine: what it does to functions that leave it, and on deletion.

import assert from "node:assert/strict";
import * as handlers from "../../provider/handlers";
import type { Checked, Recorded } from "../../provider/resource/record";
import { unknown } from "../../provider/resource/selection";
import { useAws } from "../aws/harness";
import { requestOf } from "../support/provider";

describe("functions that leave a LayerVersions that restores", () => {
  const aws = useAws();
  let lines: string[];
  const { log } = console;

  beforeEach(() => {
    lines = [];
    aws.emulator.seed({
      layers: [{ name: "base", versions: 9 }],
      functions: ["a", "b"].map((name) => ({ name, layers: ["base:1"] })),
    });
    console.log = (line) => lines.push(String(line));
  });
  afterEach(() => {
    console.log = log;
  });

  const version = (name: string) => Number(aws.emulator.layersOf(name)[0]?.split(":").at(-1));

  async function check(olds: Partial<Checked>, names: string[], text: string, dryRun: boolean): Promise<Checked> {
    const request = requestOf(text, { selection: { names }, dryRun });
    const news = { configFile: "layer_config.yaml", region: "us-east-1", onDelete: "restore" as const, request };
    const { inputs, failures = [] } = await handlers.check(olds, news);
    assert.deepEqual(failures, []);
    return inputs as Checked;
  }

  const declared = "layers: {base: {version: 5}}";

  async function created(): Promise<{ inputs: Checked; outs: Recorded }> {
    const inputs = await check({}, ["a", "b"], declared, true);
    const { outs } = await handlers.create(inputs);
    return { inputs, outs: outs ?? assert.fail("nothing was recorded") };
  }

  async function updated(olds: Recorded, news: Checked): Promise<Recorded> {
    return (await handlers.update("id", olds, news)).outs ?? assert.fail("nothing was recorded");
  }

  it("keep their layers, which the preview says, and are not restored", async () => {
    const { inputs, outs } = await created();
    lines = [];
    const news = await check(inputs, ["a"], declared, true);
    assert.deepEqual(lines, [
      "Function b is no longer selected: it keeps its layers, and its original versions (base 1) will not be restored.",
    ]);
    assert.equal((await handlers.diff("id", outs, news)).changes, true);
    const after = await updated(outs, news);
    assert.deepEqual(after.before, { a: { base: 1 } });
    await handlers.delete("id", after);
    assert.deepEqual(["a", "b"].map(version), [1, 5]);
    assert.equal(lines.at(-1), "Function a: Layer base version 5 -> 1");
  });

  it("are all of them if functions are no longer selected", async () => {
    const { inputs, outs } = await created();
    lines = [];
    const news = await check(inputs, [], declared, true);
    assert.equal(lines.length, 2);
    const after = await updated(outs, news);
    assert.deepEqual([after.functions, after.before], [{}, {}]);
    await handlers.delete("id", after);
    assert.deepEqual(["a", "b"].map(version), [5, 5]);
  });

  it("count what they have on their return as what they had at first", async () => {
    const { inputs, outs } = await created();
    const without = await check(inputs, ["a"], declared, true);
    const after = await updated(outs, without);
    const again = await check(without, ["a", "b"], "layers: {base: {version: 6}}", true);
    const last = await updated(after, again);
    assert.deepEqual(last.before, { a: { base: 1 }, b: { base: 5 } });
  });

  it("do not include those whose layer is no longer declared: the layer is named", async () => {
    const { inputs } = await created();
    lines = [];
    await check(inputs, ["a", "b"], "layers: {other: {version: 5}}", true);
    assert.equal(lines.length, 2);
    assert.match(lines[0] ?? "", /^Function a is no longer selected|^Function a: Layer base is no longer declared/);
  });

  it("do not include those that wait for what the update publishes", async () => {
    const { inputs } = await created();
    lines = [];
    const request = requestOf(declared, { selection: { names: ["a", "b"] }, dryRun: true });
    for (const layer of request.declared.layers) Object.assign(layer, { version: unknown });
    const settings = { configFile: "layer_config.yaml", region: "us-east-1", onDelete: "restore" as const };
    await handlers.check(inputs, { ...settings, request });
    const waits = (name: string) => `Function ${name}: Layer base version 5 -> what this update publishes`;
    assert.deepEqual(lines, ["a", "b"].map(waits));
  });

  it("are reported if a version cannot be rolled back, and the others are rolled back", async () => {
    const { outs } = await created();
    aws.emulator.fault({
      ...{ operation: "UpdateFunctionConfiguration", resource: "a", status: 400 },
      ...{ code: "InvalidParameterValueException", message: "no such layer version" },
    });
    await assert.rejects(
      async () => handlers.delete("id", outs),
      /Not every function was restored:\nFunction a was not restored: [\s\S]*The others have their original layers again\./,
    );
    assert.deepEqual(["a", "b"].map(version), [5, 1]);
  });
});
