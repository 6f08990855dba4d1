import assert from "node:assert/strict";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { loadLayerConfig } from "../../sdk/files/config-file";
import { assessStack } from "../../sdk/ops/assess";
import { explain } from "../../sdk/ops/explain";
import { executeRollback, executeRunRollback, planRollback, planRunRollback } from "../../sdk/ops/rollback";
import { validate } from "../../sdk/ops/validate";
import type { Ports } from "../../sdk/ports";
import { LayerVersionUpdater } from "../../sdk/updater";
import {
  arn,
  declaredEntries,
  entries,
  estate,
  european,
  exception,
  insights,
  type Kind,
  oldPowertools,
  own,
  published,
  publishedEntries,
  regions,
  vendor,
} from "../support/regional-estate";
import { awsFunction, stateOf } from "../support/states";
import { useFleet } from "./fleet-harness";

const config = `
layers:
${entries}  shared:
    version: 2
    variants:
      - when: { function: ${exception} }
        version: 5
        description: needs the new client
        until: 2026-12-31
settings: { aws_region: us-east-1 }
`;

/** What functions have at first, and what they should get, without asking the product. */
const atFirst = (kind: Kind) => [
  arn(kind.region, own, "first:1"),
  oldPowertools(kind),
  arn(kind.region, kind.region === "eu-west-1" ? european : insights, "Insights:1"),
  arn(kind.region, own, "shared:1"),
  arn(kind.region, own, "last:1"),
];
const declared = (kind: Kind) => [
  arn(kind.region, own, "first:1"),
  ...declaredEntries(kind),
  arn(kind.region, own, `shared:${kind.name === exception ? 5 : 2}`),
  arn(kind.region, own, "last:1"),
];

const toState = (layersOf: (kind: Kind) => string[]) =>
  stateOf(
    estate.map((kind) => {
      const { name, region, runtime, architecture } = kind;
      const fn = awsFunction(name, layersOf(kind));
      const outputs = { ...(fn.outputs as object), runtime, architectures: [architecture], region };
      const arnOf = `arn:aws:lambda:${region}:${own}:function:${name}`;
      return { ...fn, outputs: { ...outputs, arn: arnOf } };
    }),
  );

describe("an estate with several regions, architectures and runtimes", function () {
  this.timeout(60_000);
  const fleet = useFleet();
  let state: Buffer;

  beforeEach(async () => {
    await writeFile(join(fleet.dir, "layer_config.yaml"), config);
    state = Buffer.from(JSON.stringify(toState(atFirst), null, 2));
    fleet.emulator.seed({
      layers: [...["first", "shared", "last"].flatMap((name) => published(name, own)), ...publishedEntries],
      functions: estate.map((kind) => ({
        ...{ name: kind.name, region: kind.region, layers: atFirst(kind), tags: { environment: "dev" } },
        ...{ Runtime: kind.runtime, Architectures: [kind.architecture] },
      })),
    });
  });

  const ports = (): Ports => ({
    ...fleet.ports(),
    stacks: {
      exportState: async () => state,
      isState: async (_stack: string, file: string) => state.equals(await readFile(file)),
      checkSecrets: async () => {},
      list: async () => ["dev"],
      hasProject: () => true,
      project: async () => undefined,
      configured: async () => [],
      isImporting: async () => false,
      history: async () => [],
      exportVersion: async () => state,
      backend: async () => ({ url: "https://api.pulumi.com", file: undefined }),
      importState: async (_stack: string, file: string) => {
        state = await readFile(file);
      },
    },
  });
  const load = () => loadLayerConfig("layer_config.yaml", fleet.dir);
  const liveOf = (kind: Kind) =>
    fleet.emulator.functions({ region: kind.region }).find(({ name }) => name === kind.name)?.layers;
  const isLive = (wanted: (kind: Kind) => string[], kinds = estate) => {
    for (const kind of kinds) assert.deepEqual(liveOf(kind), wanted(kind), kind.name);
  };
  const recorded = (): unknown => JSON.parse(state.toString());
  const update = async (syncAws: boolean) => {
    const updater = new LayerVersionUpdater({ configPath: "layer_config.yaml", syncAws }, ports());
    return updater.run();
  };

  it("is as the config says after an update, in state and in AWS, and as before after a rollback", async () => {
    const assessed = await assessStack(ports(), { stack: "dev", config: load() });
    const moving = estate.flatMap((kind) => declared(kind).filter((text, index) => text !== atFirst(kind)[index]));
    assert.equal(assessed.totals.drift, moving.length);
    const found = await validate(ports(), { stack: "dev", config: load() });
    assert.deepEqual(
      found.findings.filter(({ severity }) => severity !== "warning"),
      [],
    );

    fleet.emulator.resetCounts();
    const original = state;
    const { changes, aws, totals, skipped } = await update(true);
    assert.deepEqual(skipped, []);
    assert.deepEqual(totals, { functions: 12, layersOfFunctions: 60, drift: 0, unknown: 0 });
    assert.deepEqual(changes.map(({ target }) => target).sort(), [...moving].sort());
    assert.deepEqual(aws?.changes.map(({ target }) => target).sort(), [...moving].sort());
    assert.deepEqual(recorded(), JSON.parse(JSON.stringify(toState(declared))));
    isLive(declared);
    // Each distinct new layer version was looked up once.
    assert.equal(fleet.emulator.counts().GetLayerVersion, new Set(moving).size);
    const [move] = changes.filter(({ layer }) => layer === "PowertoolsV2-Arm64");
    assert(move);
    assert.deepEqual(
      [move.arn.split(":").at(-1), move.from, move.to, move.target?.split(":").slice(-2).join(":")],
      ["PowertoolsV2-Arm64", 4, 3, "PowertoolsV3-python312-arm64:3"],
    );
    const lines = fleet.lines.join("\n");
    assert.match(lines, /Function eu-west-1-312-arm64: Layer PowertoolsV2-Arm64:4 -> PowertoolsV3-python312-arm64:3\n/);
    assert.match(lines, /Function us-east-2-312-arm64: Layer Insights version 1 -> 2\n/);

    const again = await update(true);
    assert.deepEqual([again.changes, again.aws?.changes], [[], []]);

    const plan = await planRollback(ports(), { stack: "dev", syncAws: true });
    const back = await executeRollback(ports(), plan);
    assert.equal(
      back.aws?.outcomes.every(({ status }) => status === "updated"),
      true,
    );
    assert(state.equals(original), "every byte of the state is as before");
    isLive(atFirst);
  });

  it("is as before after a rollback, except for layers that a program has replaced since", async () => {
    await update(false);
    const [kind] = estate;
    assert(kind);
    const text = state.toString();
    const [, moved = ""] = declared(kind);
    const other = arn(kind.region, own, "another:1");
    state = Buffer.from(text.replaceAll(`"${moved}"`, `"${other}"`));
    const { skipped } = await executeRollback(ports(), await planRollback(ports(), { stack: "dev" }));
    const reason =
      "layer PowertoolsV2-Arm64 is not rolled back: another has replaced it, and nothing shows that this was the update's change";
    assert.deepEqual(skipped, [{ function: kind.name, reason }]);
    const wanted = JSON.stringify(toState((one) => (one === kind ? atFirst(one).with(1, other) : atFirst(one))));
    assert.deepEqual(recorded(), JSON.parse(wanted));
  });

  it("is as before in AWS after a rollback without a record, except for layers that others have replaced", async () => {
    await update(false);
    // Another run has moved them in AWS, which this backup does not cover.
    await fleet.sync({ allFunctions: true, regions });
    const [kind, ...others] = estate;
    assert(kind);
    fleet.emulator.seed({ layers: [{ name: "another", versions: 1 }] });
    const layers = declared(kind).with(1, arn(kind.region, own, "another:1"));
    fleet.emulator.edit(kind.name, { Layers: layers }, { region: kind.region });
    const reason =
      "layer PowertoolsV2-Arm64 is not rolled back: another has replaced it, and nothing shows that this was the update's change";
    const original = Buffer.from(state);

    // What the update had left says which entry a layer belongs to; if that is gone, the config does; otherwise nothing
    // is known.
    const folder = join(fleet.dir, "backups");
    const names = await readdir(folder);
    const backup = names.find((name) => name.includes("_state_")) ?? "";
    const rollback = { stack: "dev", syncAws: true, backup: `backups/${backup}` };
    const first = await planRollback(ports(), rollback);
    await rm(join(folder, names.find((name) => name.includes("_updated_")) ?? ""));
    const second = await planRollback(ports(), { ...rollback, config: load() });
    for (const plan of [first, second]) {
      assert.deepEqual(plan.aws?.skipped, [{ function: kind.name, reason }]);
      assert.deepEqual(plan.skipped, []);
    }
    const third = await planRollback(ports(), rollback);
    assert.equal(third.aws?.skipped.length, estate.length);
    assert.equal(third.skipped.length, estate.length);
    assert.deepEqual(
      [...third.changes, ...(third.aws?.changes ?? [])].filter(({ layer }) => layer.startsWith("Powertools")),
      [],
    );
    assert(state.equals(original));

    await executeRollback(ports(), second);
    isLive(atFirst, others);
    assert.deepEqual(liveOf(kind), atFirst(kind).with(1, arn(kind.region, own, "another:1")));
    assert.deepEqual(recorded(), JSON.parse(JSON.stringify(toState(atFirst))));
  });

  it("changes nothing in a state but the text of those ARNs", async () => {
    const original = state.toString();
    await update(false);
    let expected = original;
    // Found independently: each text occurs only in one function's list, as the functions' tags have others.
    for (const kind of estate) {
      const at = expected.indexOf(`::${kind.name}"`);
      const next = expected.indexOf('"urn"', expected.indexOf('"outputs"', at));
      const end = next < 0 ? expected.length : next;
      let part = expected.slice(at, end);
      for (const [index, text] of atFirst(kind).entries())
        part = part.replaceAll(`"${text}"`, `"${declared(kind)[index]}"`);
      expected = expected.slice(0, at) + part + expected.slice(end);
    }
    assert.equal(state.toString(), expected);
    assert.deepEqual(fleet.emulator.writes(), []);
  });

  it("is rolled back by the record of a run, with the old layer in its place, but not where others have changed it since", async () => {
    const sync = { allFunctions: true, regions };
    const { aws } = await fleet.sync(sync);
    isLive(declared);
    const [changed, ...others] = estate;
    assert(changed);
    const layers = declared(changed).with(1, arn(changed.region, vendor, "PowertoolsV3-python312-arm64:4"));
    fleet.emulator.edit(changed.name, { Layers: layers }, { region: changed.region });
    const back = await fleet.rollback({ record: aws.record });
    isLive(atFirst, others);
    assert.equal(liveOf(changed)?.[1], layers[1]);
    assert.deepEqual(back.aws.skipped, [
      {
        function: changed.name,
        reason:
          "someone else has since changed layer PowertoolsV3-python312-arm64: it is at version 4, and the run had set 3",
      },
    ]);
    // Older versions of the tool would read a move as a change of version.
    assert.equal((await fleet.record())[0]?.format, 2);
  });

  it("says after a rollback what the config still declares, with the commands that change it", async () => {
    const { aws } = await fleet.sync({ allFunctions: true, regions });
    await executeRunRollback(
      ports(),
      await planRunRollback(ports(), { stack: "dev", record: aws.record ?? "", retentionDays: 30, config: load() }),
    );
    const command = "lambda-layers upgrade";
    assert.deepEqual(
      fleet.lines.filter((line) => line.includes("still declares")),
      [
        "layer_config.yaml:5 still declares that powertools replaces layers that were rolled back, so the next update replaces them again. Change the entry first.",
        `layer_config.yaml:9 still declares version 4 of insights, so the next update restores it. To declare version 1 for all stacks: ${command} insights --variant 0 --to 1, or only for this one: ${command} insights --variant 0 --to 1 --stack dev`,
        `layer_config.yaml:20 still declares version 5 of shared for function us-east-1-312-arm64, so the next update restores it. To declare version 1 for all stacks: ${command} shared --variant 1 --to 1, or only for this one: ${command} shared --variant 1 --to 1 --stack dev`,
        `layer_config.yaml:17 still declares version 2 of shared, so the next update restores it. To declare version 1 for all stacks: ${command} shared --variant 0 --to 1, or only for this one: ${command} shared --variant 0 --to 1 --stack dev`,
        `layer_config.yaml:12 still declares version 2 of insights for region us-east-2, so the next update restores it. To declare version 1 for all stacks: ${command} insights --variant 1 --to 1, or only for this one: ${command} insights --variant 1 --to 1 --stack dev`,
      ].map((line) => `WARN - ${line}`),
    );
  });

  it("is finished by a resumed run", async () => {
    const refused = estate[5]?.name ?? "";
    fleet.emulator.fault({
      ...{ operation: "UpdateFunctionConfiguration", resource: refused },
      ...{ status: 400, code: "InvalidParameterValueException", message: "no luck" },
    });
    const { aws } = await fleet.sync({ allFunctions: true, regions });
    assert.equal(aws.outcomes.filter(({ status }) => status === "failed").length, 1);
    fleet.emulator.clearFaults();
    await fleet.resume({ record: aws.record });
    isLive(declared);
  });

  it("is explained function by function: which variant, and why", async () => {
    const { functions } = await explain(ports(), { stack: "dev", config: load(), function: "us-east-1-312-arm64" });
    const layers = functions[0]?.layers ?? [];
    const powertools = layers.find(({ entry }) => entry?.key === "powertools");
    assert.deepEqual(powertools?.entry?.isReplaced, true);
    assert.equal(powertools?.target, declared(estate[0] ?? assert.fail())[1]);
    const shared = layers.find(({ entry }) => entry?.key === "shared");
    assert.deepEqual(shared?.entry?.variant, {
      when: { function: ["us-east-1-312-arm64"] },
      description: "needs the new client",
      until: "2026-12-31",
      at: "layer_config.yaml:19",
    });
  });

  it("leaves a layer alone if its successor is attached, and names it", async () => {
    const [kind] = estate;
    assert(kind);
    const both = [...atFirst(kind).slice(0, 2), declared(kind)[1] ?? "", ...atFirst(kind).slice(3)];
    state = Buffer.from(JSON.stringify(toState((one) => (one === kind ? both : declared(one)))));
    const { changes, skipped, totals } = await update(false);
    assert.deepEqual(
      changes.map(({ layer }) => layer),
      ["shared"],
    );
    assert.deepEqual(skipped, [
      {
        function: kind.name,
        reason:
          "both layers are attached, PowertoolsV2-Arm64 and PowertoolsV3-python312-arm64, which is declared to replace it",
      },
    ]);
    assert.equal(totals?.drift, 1);
  });

  it("has no target if a needed property is unknown, which validate reports as an error", async () => {
    const [kind] = estate;
    assert(kind);
    const resources = toState(atFirst) as { deployment: { resources: { outputs: object; inputs: object }[] } };
    const [first] = resources.deployment.resources;
    assert(first);
    first.outputs = { ...first.outputs, architectures: { secret: "v1:x" } };
    state = Buffer.from(JSON.stringify(resources));
    const request = { stack: "dev", config: load(), recordedOnly: true };
    const { standings } = await assessStack(ports(), request);
    const open = standings.filter(({ verdict }) => verdict === "unknown");
    assert.deepEqual(
      open.map(({ fn, layer, noTarget }) => [fn.name, layer?.name, noTarget?.why]),
      [
        [
          kind.name,
          "PowertoolsV2-Arm64",
          "the architecture of the function is unknown, and {architecture} stands for it",
        ],
      ],
    );
    const { findings } = await validate(ports(), request);
    const errors = findings.filter(({ severity }) => severity === "error").map(({ message }) => message);
    assert.deepEqual(errors, [
      `layer_config.yaml:5: the target of layer PowertoolsV2-Arm64 is unknown: the architecture of the function is unknown, and {architecture} stands for it (${kind.name}).`,
    ]);
  });

  it("refuses an unsuitable successor before anything is changed", async () => {
    await writeFile(join(fleet.dir, "layer_config.yaml"), config.replace("-{runtime}-", "-python313-"));
    await assert.rejects(fleet.sync({ allFunctions: true, regions }), { code: "layer-incompatible" });
    isLive(atFirst);
  });
});
