import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { explain } from "../../../sdk/ops/explain";
import type { Ports } from "../../../sdk/ops/ports";
import { executeUpgrade, planUpgrade } from "../../../sdk/ops/upgrade/upgrade";
import { createPorts } from "../../../sdk/wiring";
import { useAws } from "../../aws/harness";
import { removeFolder, temporaryFolder } from "../../support/folders";
import { awsFunction, layer, stateOf } from "../../support/states";

const config = "layers:\n  base: { version: 2, names: [base-*] }\n  other: { version: 1 }\n";
const state = stateOf([awsFunction("api", [layer("base-a", 2), layer("base-b", 2)]), awsFunction("bare", [])]);

describe("over the ports of a stack", () => {
  const aws = useAws();
  let folder: string;
  let ports: Ports;

  beforeEach(async () => {
    folder = await temporaryFolder();
    await writeFile(join(folder, "layer_config.yaml"), config);
    await writeFile(join(folder, "state.json"), JSON.stringify(state));
    const real = createPorts({ cwd: folder });
    // The state is that of a stack, but Pulumi is not what is tried here.
    const stacks = { ...real.stacks, exportState: async () => Buffer.from(JSON.stringify(state)) };
    ports = { ...real, stacks };
  });
  afterEach(() => removeFolder(folder));

  const upgrade = (others: object = {}) =>
    planUpgrade(ports, { stack: "dev", override: false, file: "layer_config.yaml", layers: ["base"], ...others });
  const text = () => readFile(join(folder, "layer_config.yaml"), "utf8");

  it("an upgrade takes the newest version that all layers of an entry have", async () => {
    aws.emulator.seed({
      layers: [
        { name: "base-a", versions: 9 },
        { name: "base-b", versions: 6 },
      ],
    });
    const plan = await upgrade();
    assert.deepEqual(
      plan.upgrades.map(({ entry, from, to, at }) => ({ entry, from, to, at })),
      [{ entry: "base", from: 2, to: 6, at: "layer_config.yaml:2" }],
    );
    assert.equal(await text(), config);
    await executeUpgrade(ports, plan);
    assert.equal(await text(), config.replace("version: 2", "version: 6"));
  });

  it("an upgrade for all stacks names those that have a version of their own", async () => {
    aws.emulator.seed({
      layers: [
        { name: "base-a", versions: 9 },
        { name: "base-b", versions: 9 },
      ],
    });
    const overridden = `${config}stack_overrides: { dev: { base: { version: 3 } }, prod: { other: { version: 4 } } }\n`;
    await writeFile(join(folder, "layer_config.yaml"), overridden);
    const { upgrades, warnings } = await upgrade();
    assert.deepEqual(
      upgrades.map(({ from, to }) => [from, to]),
      [[2, 9]],
    );
    assert.deepEqual(warnings, ["Stack dev keeps version 3 of base, its override (layer_config.yaml:4)"]);
    assert.deepEqual((await upgrade({ override: true })).upgrades[0]?.from, 3);
  });

  it("an upgrade leaves an entry alone whose layers have no newer version in common", async () => {
    aws.emulator.seed({
      layers: [
        { name: "base-a", versions: 9, deleted: [6] },
        { name: "base-b", versions: 6 },
      ],
    });
    const { upgrades, held, before, after } = await upgrade();
    assert.deepEqual(upgrades, []);
    assert.deepEqual(held, [
      { entry: "base", reason: "base-a: it has no version 6, the newest of the entry's other layers" },
    ]);
    assert.equal(after, before);
  });

  it("an upgrade only takes versions that are old enough", async () => {
    aws.emulator.seed({
      layers: [
        { name: "base-a", versions: 9 },
        { name: "base-b", versions: 9 },
      ],
    });
    const week = 7 * 24 * 3_600_000;
    assert.deepEqual((await upgrade({ minimumAge: week })).upgrades, []);
    const later = new Date(Date.now() + week + 60_000);
    ports = { ...ports, clock: { ...ports.clock, now: () => later } };
    assert.equal((await upgrade({ minimumAge: week })).upgrades[0]?.to, 9);
  });

  it("an upgrade does not write over what somebody else has written meanwhile", async () => {
    aws.emulator.seed({
      layers: [
        { name: "base-a", versions: 9 },
        { name: "base-b", versions: 9 },
      ],
    });
    const plan = await upgrade();
    const theirs = `${config}# mine\n`;
    await writeFile(join(folder, "layer_config.yaml"), theirs);
    await assert.rejects(executeUpgrade(ports, plan), { code: "config-not-editable", message: /changed meanwhile/ });
    assert.equal(await text(), theirs);
  });

  const explained = (name: string) =>
    explain(ports, { stack: "dev", config: ports.configs.load("layer_config.yaml"), function: name });

  it("an explanation has the live versions, of layers too that the state does not have", async () => {
    aws.emulator.seed({ functions: [{ name: "api", layers: ["base-a:1", "base-b:2", "else:4"] }] });
    const { urn, live, layers } = await explained("api");
    assert.match(urn ?? "", /::api$/);
    assert.deepEqual(live, { read: true });
    assert.deepEqual(
      layers.map(({ layer: name, entry, recorded, live: version, changes }) => [
        name,
        entry?.rule,
        recorded,
        version,
        changes,
      ]),
      [
        ["base-a", "glob", 2, 1, { live: { from: 1, to: 2 } }],
        ["base-b", "glob", 2, 2, {}],
        ["else", undefined, undefined, 4, {}],
      ],
    );
  });

  it("an explanation is also of a function that the state does not have", async () => {
    aws.emulator.seed({ functions: [{ name: "elsewhere", layers: ["other:3"] }] });
    const { urn, layers } = await explained("elsewhere");
    assert.equal(urn, undefined);
    assert.deepEqual(layers[0]?.changes, { live: { from: 3, to: 1 } });
  });

  it("an explanation says why AWS was not asked", async () => {
    aws.emulator.deny({ action: "lambda:GetFunction" });
    const { live, layers } = await explained("api");
    assert.ok(!live.read && /AWS permission missing: lambda:GetFunction/.test(live.reason), JSON.stringify(live));
    assert.deepEqual(
      layers.map(({ live: version }) => version),
      [undefined, undefined],
    );
  });
});
