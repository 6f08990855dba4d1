// What the resource does with layers that are replaced by others, through the handlers that the engine calls.

import assert from "node:assert/strict";
import { CreateAliasCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { check, create, diff, read, delete as remove, update } from "../../provider/handlers";
import { plannedVersions, standingsOf } from "../../provider/native/planned";
import { viewSteps } from "../../provider/native/views";
import { previewAliases } from "../../provider/reconcile/apply";
import type { Checked, Recorded } from "../../provider/resource/record";
import { useAws } from "../aws/harness";
import { printedBy, requestOf } from "../support/provider";

const config = (version: number, more = "") => `
layers:
  tools:
    arn: arn:aws:lambda:{region}:222222222222:layer:toolsV3-{runtime}
    version: ${version}
    replaces: ["*toolsV2*"]
${more}  base:
    version: 5
    variants:
      - when: { function: special }
        version: 3
`;

const arn = (name: string, owner = "222222222222") => `arn:aws:lambda:us-east-1:${owner}:layer:${name}`;
const [v2, v3] = [arn("toolsV2"), arn("toolsV3-python312")];
const base = (version: number) => `${arn("base", "123456789012")}:${version}`;

describe("LayerVersions whose layers are replaced by others", () => {
  const aws = useAws();
  beforeEach(() => {
    aws.emulator.seed({
      layers: [
        { name: "base", versions: 8 },
        ...["toolsV2", "toolsV3-python312", "toolsV3-python313", "toolsV4-python312"].map((name) => ({
          ...{ name, account: "222222222222", versions: 9 },
        })),
      ],
      functions: ["plain", "special"].map((name) => ({
        ...{ name, layers: [`${v2}:7`, "base:1"] },
        Runtime: "python3.12" as const,
      })),
    });
  });

  interface Checks {
    readonly inputs: Checked;
    readonly lines: readonly string[];
    readonly failures: readonly string[];
  }

  async function checked(olds: Partial<Checked>, text: string, more: object = {}): Promise<Checks> {
    const request = requestOf(text, { selection: { names: ["plain", "special"] } });
    // As the engine sends it: undefined properties do not get through.
    const news = JSON.parse(JSON.stringify({ configFile: "layer_config.yaml", request, onDelete: "restore", ...more }));
    const { result, lines } = await printedBy(() => check(olds, news));
    const { inputs, failures = [] } = result;
    return { inputs: inputs as Checked, lines, failures: failures.map(({ reason }) => reason) };
  }
  const layersOf = (name: string) => aws.emulator.layersOf(name);

  async function created(): Promise<{ inputs: Checked; outs: Recorded }> {
    const { inputs } = await checked({}, config(2));
    return { inputs, outs: (await create(inputs)).outs as Recorded };
  }

  it("are shown at preview, moved in place, and nothing is left to do then", async () => {
    const first = await checked({}, config(2));
    assert.deepEqual(first.failures, []);
    assert.deepEqual(first.lines, [
      "Function plain: Layer toolsV2:7 -> toolsV3-python312:2",
      "Function plain: Layer base version 1 -> 5",
      "Function special: Layer toolsV2:7 -> toolsV3-python312:2",
      "Function special: Layer base version 1 -> 3",
    ]);
    assert.deepEqual(first.inputs.functions, {
      plain: { "toolsV3-python312": 2, base: 5 },
      special: { "toolsV3-python312": 2, base: 3 },
    });
    assert.deepEqual(first.inputs.before.plain, { "toolsV3-python312": `${v2}:7`, base: 1 });
    const rows = standingsOf(first.inputs, undefined);
    const [row] = viewSteps("layers", rows, [{ name: "layers/plain", layers: {} }]);
    assert.deepEqual(row, {
      ...{ op: "update", name: "layers/plain" },
      ...{ old: { "toolsV3-python312": `${v2}:7`, base: 1 }, new: { "toolsV3-python312": 2, base: 5 } },
    });
    const { outs } = await create(first.inputs);
    assert.deepEqual((outs as Recorded).functions, plannedVersions(rows));
    assert.deepEqual(layersOf("plain"), [`${v3}:2`, base(5)]);
    assert.deepEqual(layersOf("special"), [`${v3}:2`, base(3)]);
    const again = await checked(first.inputs, config(2));
    assert.deepEqual([again.lines, again.inputs.moves, again.inputs.drift], [[], undefined, undefined]);
    assert.equal((await diff("id", outs as Recorded, again.inputs)).changes, false);
  });

  it("are drift if someone else restores the old layer, and are replaced again", async () => {
    const { inputs, outs } = await created();
    aws.emulator.edit("plain", { Layers: [`${v2}:6`, base(5)] });
    const refreshed = await read("id", outs);
    assert.deepEqual((refreshed.props as Recorded).functions.plain, { "toolsV3-python312": `${v2}:6`, base: 5 });
    const { inputs: now, lines } = await checked(inputs, config(2));
    assert.deepEqual(lines, ["Function plain: Layer toolsV2:6 -> toolsV3-python312:2"]);
    assert.deepEqual(now.drift, { plain: { "toolsV3-python312": `${v2}:6` } });
    assert.equal((await diff("id", outs, now)).changes, true);
    await update("id", outs, now);
    assert.deepEqual(layersOf("plain"), [`${v3}:2`, base(5)]);
  });

  it("are restored to what they were at first on destroy, even after two moves and a bump", async () => {
    const { inputs, outs } = await created();
    const bumped = await checked(inputs, config(4));
    assert.deepEqual(bumped.lines, [
      "Function plain: Layer toolsV3-python312 version 2 -> 4",
      "Function special: Layer toolsV3-python312 version 2 -> 4",
    ]);
    const second = (await update("id", outs, bumped.inputs)).outs as Recorded;
    const next = config(1)
      .replace("toolsV3-{runtime}", "toolsV4-{runtime}")
      .replace('"*toolsV2*"', '"*toolsV2*", "*toolsV3*"');
    const renamed = await checked(bumped.inputs, next);
    assert.deepEqual(renamed.lines[0], "Function plain: Layer toolsV3-python312:4 -> toolsV4-python312:1");
    assert.deepEqual(renamed.inputs.drift, undefined);
    // The plugin's row shows what is there now, not what was there at first.
    const [row] = standingsOf(renamed.inputs, second);
    assert.deepEqual(row, {
      name: "plain",
      from: { "toolsV4-python312": `${v3}:4`, base: 5 },
      to: { "toolsV4-python312": 1, base: 5 },
      moves: true,
    });
    assert.equal(renamed.inputs.before.plain?.["toolsV4-python312"], `${v2}:7`);
    const third = (await update("id", second, renamed.inputs)).outs as Recorded;
    assert.deepEqual(layersOf("plain"), [`${arn("toolsV4-python312")}:1`, base(5)]);
    await printedBy(() => remove("id", third));
    for (const name of ["plain", "special"]) assert.deepEqual(layersOf(name), [`${v2}:7`, base(1)], name);
  });

  it("report aliases that still serve the old layer, in the resource and the plugin", async () => {
    const [plain] = aws.emulator.functions();
    assert(plain);
    const { version } = await (await aws.connect()).publish(plain.arn);
    const lambda = new LambdaClient({});
    await lambda.send(new CreateAliasCommand({ FunctionName: "plain", Name: "live", FunctionVersion: version }));
    lambda.destroy();
    const { inputs, lines } = await checked({}, config(2));
    const isAbout = (line: unknown) => String(line).includes("alias live");
    assert.deepEqual(lines.filter(isAbout), [
      "Function plain: alias live still serves toolsV2 version 7",
      "Function plain: alias live still serves base version 1",
    ]);
    const about = await printedBy(() => previewAliases(inputs, [plain]));
    assert.deepEqual(about.lines, lines.filter(isAbout));
  });

  it("follow the function to another runtime", async () => {
    const { inputs } = await created();
    aws.emulator.edit("plain", { Runtime: "python3.13" });
    const { lines } = await checked(inputs, config(2));
    assert.deepEqual(lines, ["Function plain: Layer toolsV3-python312:2 -> toolsV3-python313:2"]);
  });

  it("stay beside an attached successor, which has its own version", async () => {
    aws.emulator.edit("plain", { Layers: [`${v2}:7`, `${v3}:1`] });
    const { inputs, lines } = await checked({}, config(2));
    assert.deepEqual(lines.slice(0, 1), ["Function plain: Layer toolsV3-python312 version 1 -> 2"]);
    assert.deepEqual(inputs.functions.plain, { "toolsV3-python312": 2 });
    const { outs } = await create(inputs);
    assert.deepEqual(layersOf("plain"), [`${v2}:7`, `${v3}:2`]);
    const again = await checked(inputs, config(2));
    assert.deepEqual(again.lines, [
      "Warning: Function plain has both layers, toolsV2 and toolsV3-python312, which is declared to replace it, so toolsV2 stays. Remove one of the two from the function.",
    ]);
    assert.equal((await diff("id", outs as Recorded, again.inputs)).changes, false);
  });

  it("move within one name if only the account differs", async () => {
    const theirs = `arn:aws:lambda:us-east-1:222222222222:layer:insights`;
    const other = `arn:aws:lambda:us-east-1:333333333333:layer:insights`;
    aws.emulator.seed({
      layers: ["222222222222", "333333333333"].map((account) => ({ name: "insights", account, versions: 3 })),
      functions: [{ name: "plain", layers: [`${theirs}:2`] }],
    });
    const text = `layers: { insights: { arn: "${other}", version: 2, replaces: ["${theirs}"] } }`;
    // It moves even if the same key was recorded at the same version before.
    const was = await checked({}, `layers: { insights: { arn: "${theirs}", version: 2 } }`);
    const recorded = (await create(was.inputs)).outs as Recorded;
    const [row] = standingsOf((await checked(was.inputs, text)).inputs, recorded);
    assert.deepEqual(row, { name: "plain", from: { insights: `${theirs}:2` }, to: { insights: 2 }, moves: true });
    const { inputs, lines } = await checked({}, text);
    assert.deepEqual(lines, [`Function plain: Layer ${theirs}:2 -> ${other}:2`]);
    const { outs } = await create(inputs);
    assert.deepEqual(layersOf("plain"), [`${other}:2`]);
    const again = await checked(inputs, text);
    assert.equal((await diff("id", outs as Recorded, again.inputs)).changes, false);
    aws.emulator.edit("plain", { Layers: [`${theirs}:2`] });
    const drifted = await checked(again.inputs, text);
    assert.deepEqual(standingsOf(drifted.inputs, outs as Recorded)[0]?.from, { insights: `${theirs}:2` });
    assert.equal((await diff("id", outs as Recorded, drifted.inputs)).changes, true);
    await update("id", outs as Recorded, drifted.inputs);
    assert.deepEqual(layersOf("plain"), [`${other}:2`]);
  });
});
