import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { declareFor } from "../../sdk/core/config/declared";
import type { TagSet } from "../../sdk/core/live";
import { createMatcher } from "../../sdk/core/match";
import { layerTexts } from "../../sdk/core/recorded";
import { scanState } from "../../sdk/core/state/scan";
import { declaredTargets } from "../../sdk/core/target";
import { loadLayerConfig } from "../../sdk/files/config-file";
import { assessStack } from "../../sdk/ops/assess";
import type { RolloutOptions } from "../../sdk/ops/live/rollout";
import { loadState } from "../../sdk/ops/recorded/load";
import { executeRollback, executeRunRollback, planRollback, planRunRollback } from "../../sdk/ops/rollback";
import { executeSync, planResumed, planSync } from "../../sdk/ops/sync";
import { executeUpdate, planUpdate } from "../../sdk/ops/update";
import type { Ports } from "../../sdk/ports";
import type { WiringOptions } from "../../sdk/wiring";
import { arnOf, base } from "../aws/harness";
import { awsFunction, layer, type Resource, stateOf } from "../support/states";
import { configFor, failureOf, useFleet } from "./fleet-harness";
import { functionIn } from "./looks";

/** A `LayerVersions` resource that records versions of functions owned elsewhere. */
function layerVersions(functions: object, others: object = {}): Resource {
  const type = "pulumi-nodejs:dynamic/lambda-layers:LayerVersions";
  const recorded = { configFile: "layer_config.yaml", region: "us-east-1", before: functions, functions };
  return {
    urn: `urn:pulumi:dev::shop::${type}::layers`,
    type,
    custom: true,
    id: "lambda-layer-versions",
    inputs: { __provider: "text", ...recorded },
    outputs: { __provider: "text", ...recorded },
    ...others,
  };
}

describe("what live functions have lost, or other resources record", () => {
  const fleet = useFleet();
  let state: object;

  /** The ports of a stack with this state; Pulumi is a stand-in that keeps what is imported. */
  function ports(options?: WiringOptions): Ports {
    const real = fleet.ports(options);
    let bytes = Buffer.from(JSON.stringify(state));
    const stacks = {
      list: async () => ["dev"],
      exportState: async () => bytes,
      isState: async (_stack: string, file: string) => bytes.equals(await readFile(file)),
      checkSecrets: async () => {},
      hasProject: () => true,
      project: async () => undefined,
      configured: async () => [],
      isImporting: async () => false,
      history: async () => [],
      exportVersion: async () => bytes,
      backend: async () => ({ url: "https://api.pulumi.com", file: undefined }),
      importState: async (_stack: string, file: string) => {
        bytes = await readFile(file);
        state = JSON.parse(bytes.toString());
      },
    };
    return { ...real, stacks };
  }

  async function update(
    options: { dryRun?: boolean; live?: boolean; exclude?: string[]; tags?: TagSet } & RolloutOptions = {},
    all = ports(),
  ) {
    const { dryRun = false, live = true, exclude = [], tags = {}, ...rollout } = options;
    const config = loadLayerConfig("layer_config.yaml", fleet.dir);
    const declared = declareFor(config, "dev");
    const scan = (bytes: Uint8Array) => scanState(bytes);
    const plan = await planUpdate(all, await loadState(all, { stack: "dev", scan }), {
      ...{ dryRun, filter: { functions: [], exclude }, settings: config.settings },
      ...{ targetOf: declaredTargets(createMatcher(declared)), hints: { declared, accountId: undefined } },
      ...(live && { live: { allFunctions: false, tags, skipPreflight: false, isLook: false } }),
    });
    return executeUpdate(all, plan, scan, rollout);
  }
  const status = async () =>
    assessStack(ports(), { stack: "dev", config: loadLayerConfig("layer_config.yaml", fleet.dir) });
  const recorded = async () => (await status()).standings.map((standing) => standing.recorded);
  const live = (name: string) => fleet.emulator.layersOf(name);
  const seed = (functions: Record<string, string[]>) =>
    fleet.emulator.seed({
      layers: ["first", "base", "last"].map((name) => ({ name, versions: 5 })),
      functions: Object.entries(functions).map(([name, layers]) => ({ name, layers })),
    });

  it("attaches a lost layer again at its recorded place, and a rollback takes it off again", async () => {
    state = stateOf([awsFunction("api", [layer("first", 1), layer("base", 2), layer("last", 1)])]);
    seed({ api: ["first:1", "last:1"] });
    const dry = await update({ dryRun: true });
    assert.deepEqual(fleet.lines.slice(-2), [
      "INFO - Found 1 layer version update in AWS:",
      "  - Function api: Layer base version - -> 2",
    ]);
    assert.deepEqual(dry.totals, { functions: 1, layersOfFunctions: 3, drift: 1, unknown: 0 });
    const { aws, totals } = await update();
    assert.deepEqual(live("api"), [base(1, "first"), base(2), base(1, "last")]);
    assert.deepEqual([aws?.changes[0]?.from, aws?.changes[0]?.to], [null, 2]);
    assert.equal(totals?.drift, 0);
    await fleet.rollback({ record: aws?.record });
    assert.deepEqual(live("api"), [base(1, "first"), base(1, "last")]);
  });

  it("attaches it at the end if a LayerVersions resource records it, and moves such functions", async () => {
    state = stateOf([layerVersions({ export: { base: 2, first: 1 }, other: { base: 2 } })]);
    seed({ export: ["first:1", "last:1"], other: ["base:4"] });
    const before = await status();
    assert.deepEqual(
      before.standings.map(({ fn, layer: of, recorded, live: now, verdict }) =>
        [fn.name, of?.name, recorded, now, verdict].join(" "),
      ),
      [
        "export base 2 absent drift",
        "export first 1 1 undeclared",
        "export last absent 1 undeclared",
        "other base 2 4 drift",
      ],
    );
    const { aws, changes, totals } = await update();
    assert.deepEqual([live("export"), live("other")], [[base(1, "first"), base(1, "last"), base(2)], [base(2)]]);
    assert.deepEqual(changes, []);
    assert.equal(aws?.changes.length, 2);
    assert.equal(totals?.drift, 0);
  });

  it("names functions whose record only Pulumi updates, and counts them as drift", async () => {
    await writeFile(join(fleet.dir, "layer_config.yaml"), "layers: { base: { version: 3 } }\n");
    state = stateOf([layerVersions({ export: { base: 2 } })]);
    const { skipped, totals } = await update({ live: false });
    assert.deepEqual(skipped, [
      {
        function: "export",
        reason: "it is recorded by a LayerVersions resource, which only `pulumi up --stack dev` updates",
      },
    ]);
    assert.equal(totals?.drift, 1);
  });

  it("names them too if their layer is to be replaced by another one", async () => {
    await writeFile(join(fleet.dir, "layer_config.yaml"), "layers: { core: { version: 3, replaces: [base] } }\n");
    state = stateOf([layerVersions({ export: { base: 2 } })]);
    const { skipped, totals } = await update({ live: false });
    assert.deepEqual(
      skipped.map((one) => one.function),
      ["export"],
    );
    assert.equal(totals?.drift, 1);
  });

  it("reports a record that only Pulumi updates once for all functions, before they are moved and after", async () => {
    await writeFile(join(fleet.dir, "layer_config.yaml"), "layers: { base: { version: 3 } }\n");
    const names = ["api", "mail"];
    const reset = () => {
      state = stateOf([layerVersions({ api: { base: 2 }, mail: { base: 2 } })]);
      seed({ api: ["base:2"], mail: ["base:2"] });
    };
    reset();
    const { aws, skipped } = await update();
    assert.deepEqual(
      [aws?.outcomes.map(({ status }) => status), skipped.map((one) => one.function)],
      [["updated", "updated"], names],
    );
    const told = fleet.lines.filter((line) => line.startsWith("WARN") && line.includes("LayerVersions"));
    assert.deepEqual(told, [
      "WARN - A LayerVersions resource records 2 functions (api, mail) at other versions than declared. Only the program brings that record up to date: pulumi up --stack dev",
    ]);
    reset();
    const all = ports();
    const config = loadLayerConfig("layer_config.yaml", fleet.dir);
    await executeSync(all, await planSync(all, { stack: "dev", config }));
    assert.equal(
      fleet.lines.at(-1),
      "WARN - A LayerVersions resource of dev still records the old versions. To update it: pulumi up --stack dev",
    );
  });

  it("does not advise `pulumi up` after a failed check", async () => {
    state = stateOf([layerVersions({ api: { base: 1 }, mail: { base: 1 } })]);
    seed({ api: ["base:1"], mail: ["base:1"] });
    const { aws } = await update({ canary: { count: 1 }, check: "false" });
    assert.equal(aws?.stoppedBy, "check");
    assert.deepEqual(
      fleet.lines.filter((line) => line.includes("pulumi up")),
      [],
    );
  });

  it("calls a record that cannot be read unknown", async () => {
    const hidden = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:x" };
    state = stateOf([layerVersions(hidden)]);
    const { totals } = await status();
    assert.deepEqual(totals, { functions: 1, layersOfFunctions: 1, drift: 0, unknown: 1 });
  });

  it("also rolls back the record of functions that a stopped run has rolled back or not reached", async () => {
    const names = ["a", "b", "c"];
    state = stateOf(names.map((name) => awsFunction(name, [layer("base", 1)])));
    seed(Object.fromEntries(names.map((name) => [name, ["base:1"]])));
    const result = await update({ canary: { count: 1 }, check: "false" });
    assert.deepEqual(names.map(live), [[base(1)], [base(1)], [base(1)]]);
    const after = await status();
    assert.deepEqual(
      after.standings.map(({ recorded }) => recorded),
      [1, 1, 1],
    );
    assert.deepEqual(
      result.recordedBack?.map((change) => [change.function, change.from, change.to]),
      [
        ["a", 2, 1],
        ["b", 2, 1],
        ["c", 2, 1],
      ],
    );
    assert.ok(fleet.lines.includes("INFO - Rolling back 3 layers of functions in the state of dev"));
    assert.equal(result.totals?.drift, 3);
  });

  describe("if a failed check finds that the canary cannot be rolled back", () => {
    const names = ["a", "b", "c"];

    /** Updates the three with `a` as the canary; something happens during its check, which fails. */
    async function stoppedRun(meanwhile: () => void, onFailure: RolloutOptions["onFailure"] = "rollback") {
      state = stateOf(names.map((name) => awsFunction(name, [layer("base", 1)])));
      seed(Object.fromEntries(names.map((name) => [name, ["base:1"]])));
      const run = async () => {
        meanwhile();
        return "exit code 1";
      };
      const result = await update(
        { canary: { count: 1 }, check: "smoke", onFailure },
        { ...ports(), commands: { run } },
      );
      const failure = failureOf(result);
      const { standings, totals } = await status();
      return { result, failure, standings, totals };
    }
    async function undoBoth({ backup }: { readonly backup: string | null }) {
      const all = ports();
      await executeRollback(all, await planRollback(all, { stack: "dev", syncAws: true, backup: backup ?? "" }));
    }
    const deny = (action: string) => () => fleet.emulator.deny({ action, resource: "*" });
    const recorded = () =>
      scanState(Buffer.from(JSON.stringify(state))).functions.map(({ outputs }) =>
        Number(layerTexts(outputs)[0]?.split(":").at(-1)),
      );

    it("lists it, rolls back the record of the others, and prints both commands if the rollback could not be planned", async () => {
      const { result, failure } = await stoppedRun(deny("lambda:*")).catch(() => ({}) as never);
      assert.deepEqual(names.map(live), [[base(2)], [base(1)], [base(1)]]);
      assert.deepEqual(recorded(), [2, 1, 1]);
      assert.equal(result.aws?.toRollBack, 1);
      assert.match(
        failure?.message ?? "",
        /rolled back in 0 functions\.\n {2}Function a was not rolled back: AWS permission /,
      );
      assert.match(
        failure?.next ?? "",
        /^Roll back the others: lambda-layers rollback --stack dev --sync-aws backups\/dev_state_(\w+)\.json\nOr finish the run: {4}lambda-layers sync --stack dev --resume backups\/dev_sync_\1\.jsonl$/,
      );
      fleet.emulator.allowAll();
      await fleet.resume({ record: result.aws?.record });
      assert.deepEqual(names.map(live), [[base(2)], [base(2)], [base(2)]]);
    });

    it("prints the command that rolls it back if its update was refused", async () => {
      const { result, failure } = await stoppedRun(deny("lambda:UpdateFunctionConfiguration"));
      assert.deepEqual(recorded(), [2, 1, 1]);
      assert.equal(
        failure?.next,
        `Roll back the others: lambda-layers rollback --stack dev --sync-aws ${result.backup}`,
      );
      fleet.emulator.allowAll();
      await undoBoth(result);
      assert.deepEqual([live("a"), recorded()], [[base(1)], [1, 1, 1]]);
    });

    it("prints, if it is to stay, the command that undoes the run in the state too", async () => {
      const { result, failure } = await stoppedRun(() => {}, "stop");
      assert.deepEqual(
        [names.map(live), recorded()],
        [
          [[base(2)], [base(1)], [base(1)]],
          [2, 2, 2],
        ],
      );
      const undo = `Or roll back the run: lambda-layers rollback --stack dev --sync-aws ${result.backup}`;
      assert.equal(failure?.nextLines.at(-1), undo);
      // A later attempt at the rest finds that backup beside the record.
      const all = { ...ports(), commands: { run: async () => "exit code 1" } };
      const rest = await planResumed(all, { stack: "dev", record: result.aws?.record ?? "", retentionDays: 30 });
      const again = await executeSync(all, rest, { batch: { count: 1 }, check: "smoke", onFailure: "stop" });
      assert.equal(failureOf(again, rest)?.nextLines.at(-1), undo);
      await undoBoth(result);
      assert.deepEqual([names.map(live), recorded()], [names.map(() => [base(1)]), [1, 1, 1]]);
    });

    it("prints that command also if AWS has changed no function, but the state was changed", () => {
      const [arn, layers] = [arnOf("a"), [base(1)]];
      const failed = { function: "a", arn, before: layers, after: layers, status: "failed", reason: "No." } as const;
      const nothing = { changes: [], skipped: [], aliases: [], published: [], calls: {} };
      const aws = { ...nothing, outcomes: [failed], record: "backups/dev_sync_1.jsonl", toRollBack: 0 };
      const [attempt] = failureOf({ backup: null, aws })?.nextLines ?? [];
      assert.match(attempt ?? "", /^Attempt the others: {3}lambda-layers sync --stack dev --resume \S+$/);
      assert.deepEqual(failureOf({ backup: "backups/dev_state_1.json", aws })?.nextLines, [
        attempt,
        "Or roll back the run: lambda-layers rollback --stack dev --sync-aws backups/dev_state_1.json",
      ]);
    });

    it("counts what others have set meanwhile, and does not advise to roll that back", async () => {
      const edited = await stoppedRun(() => fleet.emulator.edit("a", { Layers: ["base:4"] }));
      assert.deepEqual([edited.totals.drift, edited.result.totals], [3, edited.totals]);
      assert.deepEqual([edited.result.aws?.toRollBack, edited.failure?.next], [0, undefined]);
    });

    it("counts it as drift if it was deleted meanwhile", async () => {
      const { result, totals } = await stoppedRun(() => void fleet.emulator.fault({ resource: "a", status: 404 }));
      assert.deepEqual([totals.drift, result.totals], [3, totals]);
    });
  });

  it("keeps the record of functions that are right in AWS already, if a stopped run is rolled back", async () => {
    state = stateOf(["a", "b"].map((name) => awsFunction(name, [layer("base", 1)])));
    seed({ a: ["base:2"], b: ["base:1"] });
    await update({ canary: { count: 1 }, check: "false" });
    const { standings } = await status();
    assert.deepEqual(
      standings.map(({ fn, recorded, live: now }) => [fn.name, recorded, now]),
      [
        ["a", 2, 2],
        ["b", 1, 1],
      ],
    );
  });

  it("counts a function that AWS does not have as drift, and leaves it alone", async () => {
    state = stateOf([awsFunction("api", [layer("base", 2)])]);
    seed({ other: [] });
    const { totals, aws } = await update();
    assert.deepEqual(totals, { functions: 1, layersOfFunctions: 1, drift: 1, unknown: 0 });
    assert.deepEqual(aws?.skipped, [
      { function: "api", reason: "it does not exist in AWS in us-east-1; `pulumi up --refresh` creates it again" },
    ]);
    assert.deepEqual((await status()).totals, totals);
    assert.deepEqual(fleet.emulator.writes(), []);
  });

  it("leaves functions outside the region of the run alone, in the state too", async () => {
    state = stateOf([functionIn("us-east-1", "here", ["base:1"]), functionIn("eu-west-1", "there", ["base:1"])]);
    seed({ here: ["base:1"] });
    const { changes, aws, totals } = await update({}, ports({ region: "us-east-1" }));
    assert.deepEqual(
      [changes, aws?.changes ?? []].map((all) => all.map((one) => one.function)),
      [["here"], ["here"]],
    );
    assert.deepEqual(aws?.skipped, [
      { function: "there", reason: "it is in eu-west-1, but this run is for us-east-1" },
    ]);
    // The other one stays as it was found.
    assert.equal(totals?.drift, 1);
    assert.match(JSON.stringify(state), /eu-west-1:123456789012:layer:base:1/);
  });

  it("does not expect the program to create a function again that a LayerVersions resource records", async () => {
    state = stateOf([layerVersions({ api: { base: 2 } })]);
    seed({ other: [] });
    const { aws } = await update();
    assert.deepEqual(aws?.skipped, [
      { function: "api", reason: "it does not exist in AWS in us-east-1; `pulumi up` removes it from the record" },
    ]);
  });

  it("leaves out what is excluded by ARN or by its name in the program, and refuses an exclusion that matches nothing", async () => {
    const worker = awsFunction("worker", [layer("base", 1)], {
      urn: "urn:pulumi:dev::shop::aws:lambda/function:Function::mine",
    });
    state = stateOf([awsFunction("api", [layer("base", 1)]), worker]);
    fleet.emulator.seed({
      layers: [{ name: "base", versions: 5 }],
      functions: ["api", "worker"].map((name) => ({ name, layers: ["base:1"], tags: { team: "x" } })),
    });
    await update({ exclude: [arnOf("api"), "mine"] });
    await update({ exclude: [arnOf("api"), "mine"], tags: { team: "x" } });
    assert.deepEqual([live("api"), live("worker"), fleet.emulator.writes().length], [[base(1)], [base(1)], 0]);
    await assert.rejects(update({ exclude: ["apii"] }), { exitStatus: 2, next: "Did you mean api?" });
    await assert.rejects(update({ exclude: ["api:live"] }), { exitStatus: 2, next: "Name the function itself: api" });
  });

  it("knows after a sync what an update with --sync-aws has left to do, and vice versa", async () => {
    state = stateOf([awsFunction("api", [layer("base", 1)])]);
    seed({ api: ["base:1"] });
    const config = loadLayerConfig("layer_config.yaml", fleet.dir);
    const all = ports();
    await executeSync(all, await planSync(all, { stack: "dev", config }));
    assert.equal(
      fleet.lines.at(-1),
      "WARN - The state of dev still records the old versions. To update it: lambda-layers --stack dev",
    );
    const { changes, aws } = await update();
    assert.deepEqual([changes.length, aws?.changes.length], [1, 0]);
    const again = ports();
    const { aws: nothing } = await executeSync(again, await planSync(again, { stack: "dev", config }));
    assert.deepEqual(nothing.changes, []);
    // Only AWS is behind now.
    fleet.emulator.edit("api", { Layers: ["base:1"] });
    const last = ports();
    fleet.lines.length = 0;
    await executeSync(last, await planSync(last, { stack: "dev", config }));
    assert.deepEqual(live("api"), [base(2)]);
    assert.doesNotMatch(fleet.lines.join("\n"), /old versions/);
  });

  it("says after a rollback what the config still declares, and what changes that", async () => {
    state = stateOf([awsFunction("api", [layer("base", 1)])]);
    seed({ api: ["base:1"] });
    const config = loadLayerConfig("layer_config.yaml", fleet.dir);
    const all = ports();
    await update({}, all);
    fleet.lines.length = 0;
    await executeRollback(all, await planRollback(all, { stack: "dev", syncAws: true, config }));
    assert.deepEqual(live("api"), [base(1)]);
    assert.equal(
      fleet.lines.at(-1),
      "WARN - layer_config.yaml:1 still declares version 2 of base, so the next update restores it. To declare version 1 for all stacks: lambda-layers upgrade base --to 1, or only for this one: lambda-layers upgrade base --to 1 --stack dev",
    );
  });

  it("counts what a rollback leaves in AWS, also of functions that a LayerVersions resource records", async () => {
    await writeFile(join(fleet.dir, "layer_config.yaml"), configFor(2));
    const config = loadLayerConfig("layer_config.yaml", fleet.dir);
    state = stateOf([awsFunction("api", [layer("base", 1)]), layerVersions({ export: { base: 2 } })]);
    seed({ api: ["base:1"], export: ["base:1"] });
    const all = ports();
    await update({}, all);
    const plan = await planRollback(all, { stack: "dev", syncAws: true, config });
    const { totals } = await executeRollback(all, plan);
    assert.deepEqual([live("api"), live("export")], [[base(1)], [base(1)]]);
    assert.deepEqual(totals, { functions: 2, layersOfFunctions: 2, drift: 2, unknown: 0 });
    assert.deepEqual((await status()).totals, totals);
  });

  describe("a rollback to an older backup than the newest run in AWS", () => {
    const planned = async (all: Ports, request: { backup?: string; functions?: string[] } = {}) => {
      fleet.lines.length = 0;
      const config = loadLayerConfig("layer_config.yaml", fleet.dir);
      const { aws } = await planRollback(all, { stack: "dev", syncAws: true, dryRun: true, config, ...request });
      return [...fleet.lines, ...(aws?.warnings ?? [])];
    };
    const sync = async (all: Ports, version: number) => {
      await writeFile(join(fleet.dir, "layer_config.yaml"), configFor(version));
      const config = loadLayerConfig("layer_config.yaml", fleet.dir);
      return (await executeSync(all, await planSync(all, { stack: "dev", config }))).aws.record ?? "";
    };
    const undo = async (all: Ports, record: string | undefined) =>
      executeRunRollback(all, await planRunRollback(all, { stack: "dev", record, retentionDays: 30 }));
    const warning = (functions: string, record: string) =>
      `WARN - A newer run changed ${functions} in AWS, and this does not undo it: ${record}. To undo that run instead: lambda-layers rollback --stack dev --sync-aws ${record}`;
    const names = ["a", "b"];
    beforeEach(() => {
      state = stateOf(names.map((name) => awsFunction(name, [layer("base", 1)])));
      seed(Object.fromEntries(names.map((name) => [name, ["base:1"]])));
    });

    for (const isLive of [true, false])
      it(`says that it leaves that run as it is, ${isLive ? "with" : "without"} a record beside the backup`, async () => {
        const all = ports();
        if (!isLive) seed(Object.fromEntries(names.map((name) => [name, ["base:4"]])));
        const { backup } = await update({ live: isLive }, all);
        assert.deepEqual(await planned(all), []);
        const record = await sync(all, 3);
        assert.deepEqual(await planned(all), [warning("2 functions", record)]);
        assert.deepEqual(await planned(all, { functions: ["b"] }), [warning("1 function", record)]);
        // Named, a backup without a record is a choice of versions; with one, it still stands for its run alone.
        assert.deepEqual(await planned(all, { backup: backup ?? "" }), isLive ? [warning("2 functions", record)] : []);
        await undo(all, record);
        assert.deepEqual(await planned(all), []);
      });

    it("sees past a newer run that was rolled back", async () => {
      const all = ports();
      await update({}, all);
      const left = await sync(all, 3);
      await undo(all, await sync(all, 4));
      assert.deepEqual(await planned(all), [warning("2 functions", left)]);
    });

    it("says nothing of a run that it undoes too, or of an earlier rollback", async () => {
      const all = ports();
      await update({ live: false }, all);
      await sync(all, 2);
      assert.deepEqual(await planned(all), []);
      // Its record has no backup of the state beside it once the state is back.
      await executeRollback(all, await planRollback(all, { stack: "dev" }));
      await executeRollback(all, await planRollback(all, { stack: "dev", syncAws: true }));
      assert.deepEqual(names.map(live), [[base(1)], [base(1)]]);
      assert.deepEqual(await planned(all), []);
    });

    it("says that it is unknown if that run's record cannot be read", async () => {
      const all = ports();
      await update({ live: false }, all);
      const record = await sync(all, 3);
      await writeFile(join(fleet.dir, record), "{}\n");
      assert.match(
        (await planned(all)).join(),
        /^WARN - Whether a newer run changed AWS is unknown: .* cannot be trusted/,
      );
    });

    it("says what was rolled back before", async () => {
      const all = ports();
      const { aws, backup } = await update({}, all);
      await undo(all, aws?.record);
      assert.deepEqual(await planned(all, { backup: backup ?? "" }), [
        `The run in ${aws?.record} was already rolled back: nothing is left to do.`,
      ]);
    });
  });

  it("says after the rollback of a run what its state may still have, and what rolls that back", async () => {
    const names = ["a", "b", "c"];
    state = stateOf(names.map((name) => awsFunction(name, [layer("base", 1)])));
    seed(Object.fromEntries(names.map((name) => [name, ["base:1"]])));
    const config = loadLayerConfig("layer_config.yaml", fleet.dir);
    const { aws, backup } = await update();
    fleet.lines.length = 0;
    // Without Pulumi.
    const all = fleet.ports();
    const request = { stack: "dev", record: aws?.record, functions: ["a", "b"], retentionDays: 30, config };
    await executeRunRollback(all, await planRunRollback(all, request));
    assert.deepEqual(names.map(live), [[base(1)], [base(1)], [base(2)]]);
    assert.deepEqual(fleet.lines.slice(-2), [
      "WARN - layer_config.yaml:1 still declares version 2 of base, so the next update restores it. To declare version 1 for all stacks: lambda-layers upgrade base --to 1, or only for this one: lambda-layers upgrade base --to 1 --stack dev",
      `WARN - The state of dev was not touched: it may still have the versions that were rolled back in AWS. To roll them back there too: lambda-layers rollback --stack dev -f a -f b ${backup}`,
    ]);
    const again = ports();
    const back = { stack: "dev", backup: backup ?? "", functions: ["a", "b"] };
    await executeRollback(again, await planRollback(again, back));
    assert.deepEqual(await recorded(), [1, 1, 2]);
  });

  it("says after the rollback of a sync what brings the state to the declared versions then", async () => {
    state = stateOf([awsFunction("api", [layer("base", 1)])]);
    seed({ api: ["base:1"] });
    const config = loadLayerConfig("layer_config.yaml", fleet.dir);
    const all = ports();
    const { aws } = await executeSync(all, await planSync(all, { stack: "dev", config }));
    await executeRunRollback(
      all,
      await planRunRollback(all, { stack: "dev", record: aws.record, retentionDays: 30, config }),
    );
    assert.match(fleet.lines.at(-2) ?? "", /upgrade base --to 1 --stack dev$/);
    assert.equal(
      fleet.lines.at(-1),
      "WARN - The state of dev was not touched: if it records these functions, it may still have the versions that were rolled back in AWS. Once the config declares the right versions, update it: lambda-layers --stack dev (if a LayerVersions resource records them: pulumi up --stack dev)",
    );
  });

  it("rolls back each version of a layer that a function has twice", async () => {
    state = stateOf([awsFunction("api", [layer("base", 1), layer("first", 1), layer("base", 3)])]);
    const before = state;
    await update({ live: false });
    assert.notDeepEqual(state, before);
    const all = ports();
    await executeRollback(all, await planRollback(all, { stack: "dev" }));
    assert.deepEqual(state, before);
  });

  it("does not say that a state is behind if an update has nothing to do in it", async () => {
    const seeds = [
      { rule: "2", recorded: layer("first", 1), layers: ["first:1", "base:1"] },
      { rule: "2, enforce: minimum", recorded: layer("base", 3), layers: ["base:1"] },
    ];
    for (const { rule, recorded: text, layers } of seeds) {
      await writeFile(join(fleet.dir, "layer_config.yaml"), `layers: { base: { version: ${rule} } }\n`);
      state = stateOf([awsFunction("api", [text])]);
      seed({ api: layers });
      const all = ports();
      const config = loadLayerConfig("layer_config.yaml", fleet.dir);
      const { aws } = await executeSync(all, await planSync(all, { stack: "dev", config }));
      assert.equal(aws.outcomes[0]?.status, "updated");
      assert.deepEqual((await update({ live: false, dryRun: true })).changes, []);
    }
    assert.doesNotMatch(fleet.lines.join("\n"), /still records the old versions/);
  });

  it("does not say that an update restores versions that the config allows", async () => {
    state = stateOf([awsFunction("api", [layer("base", 4)])]);
    seed({ api: ["base:4"] });
    await update();
    await writeFile(join(fleet.dir, "layer_config.yaml"), "layers: { base: { version: 2, enforce: minimum } }\n");
    const config = loadLayerConfig("layer_config.yaml", fleet.dir);
    const all = ports();
    await executeRollback(all, await planRollback(all, { stack: "dev", syncAws: true, config }));
    assert.deepEqual([live("api"), await recorded()], [[base(4)], [4]]);
    assert.doesNotMatch(fleet.lines.join("\n"), /still declares/);
  });

  it("says that aws-native needs a refresh, and never edits its record", async () => {
    const { type: _, ...fn } = awsFunction("native", [layer("base", 1)]);
    const hidden = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:x:y" };
    const outputs = { functionName: "native", layers: [layer("base", 1)], __inputs: hidden };
    state = stateOf([{ ...fn, type: "aws-native:lambda:Function", outputs }]);
    await update({ live: false });
    assert.ok(
      fleet.lines.includes(
        "WARN - The aws-native provider keeps the old versions of native in its own record (__inputs) until you refresh: pulumi refresh --stack dev",
      ),
    );
    const [after] = (state as { deployment: { resources: { outputs: object }[] } }).deployment.resources;
    assert.deepEqual(after?.outputs, { ...outputs, layers: [layer("base", 2)] });
  });

  /** As in a function of which every deployment publishes a version. */
  function publishing({ inputs, outputs, ...fn }: Resource): Resource {
    const publish = { publish: true };
    return { ...fn, inputs: { ...(inputs as object), ...publish }, outputs: { ...(outputs as object), ...publish } };
  }

  it("says that published versions keep their layers, and how to publish the new ones", async () => {
    state = stateOf([publishing(awsFunction("api", [layer("base", 1)]))]);
    seed({ api: ["base:1"] });
    await update();
    assert.ok(
      fleet.lines.includes(
        "WARN - Published versions keep the layers that they were published with: api. To publish versions with the new layers: lambda-layers sync --stack dev -f api --publish",
      ),
    );
    const all = ports();
    const config = loadLayerConfig("layer_config.yaml", fleet.dir);
    const { aws } = await executeSync(
      all,
      await planSync(all, { stack: "dev", config, functions: ["api"], publish: {} }),
    );
    assert.deepEqual(
      aws.published.map(({ function: name, status, version }) => [name, status, version]),
      [["api", "published", "1"]],
    );
  });

  it("distinguishes functions of one name that are to be published", async () => {
    const own = publishing(awsFunction("api", [layer("base", 1)]));
    const other = JSON.parse(JSON.stringify(own).replaceAll("us-east-1", "eu-west-1"));
    state = stateOf([own, { ...other, urn: `${other.urn}-eu` }]);
    seed({ api: ["base:1"] });
    await update({ live: false });
    const arns = [arnOf("api"), arnOf("api").replace("us-east-1", "eu-west-1")];
    assert.ok(
      fleet.lines.includes(
        `WARN - Published versions keep the layers that they were published with: api (us-east-1), api (eu-west-1). To publish versions with the new layers: lambda-layers sync --stack dev -f ${arns.join(" -f ")} --publish`,
      ),
    );
  });
});
