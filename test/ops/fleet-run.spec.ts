import assert from "node:assert/strict";
import { chmod, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { LayersError } from "../../sdk/core/errors";
import type { Ports } from "../../sdk/ports";
import { arnOf, base } from "../aws/harness";
import { failureOf, rate, taggedFleet, useFleet } from "./fleet-harness";

const before = [base(1, "first"), base(1), base(1, "last")];
const after = [base(1, "first"), base(2), base(1, "last")];

describe("a sync", function () {
  this.timeout(60_000);
  const fleet = useFleet();
  const versionOf = (name: string) => fleet.emulator.layersOf(name)[1];
  const moved = () => fleet.emulator.functions().filter(({ layers }) => layers[1] === base(2)).length;
  const statuses = (outcomes: readonly { status: string }[]) =>
    Object.fromEntries([...Map.groupBy(outcomes, ({ status }) => status)].map(([status, all]) => [status, all.length]));
  const refuse = (name: string) =>
    fleet.emulator.fault({
      operation: "UpdateFunctionConfiguration",
      resource: name,
      status: 400,
      code: "InvalidParameterValueException",
      message: "no luck",
    });

  it("updates each function once, and reports calls and outcomes", async () => {
    fleet.emulator.seed(taggedFleet(60));
    const { stack, dryRun, changes, backup, aws } = await fleet.sync();
    assert.deepEqual([stack, dryRun, changes, backup], ["dev", false, [], null]);
    assert.deepEqual(statuses(aws.outcomes), { updated: 60 });
    assert.equal(moved(), 60);
    assert.deepEqual(aws.calls, fleet.emulator.counts());
    assert.equal(aws.calls.UpdateFunctionConfiguration, 60);
    assert.equal(failureOf({ stack: "dev", aws }), undefined);
    assert.equal(fleet.told.at(-1), "INFO - Lambda functions: 60 updated");
    const again = await fleet.sync();
    assert.deepEqual([again.aws.outcomes, again.aws.record], [[], undefined]);
    assert.equal(fleet.told.at(-1), "INFO - Found no layer version updates in AWS");
  });

  it("records the plan, each update before it is sent and after it has ended, and the end", async () => {
    fleet.emulator.seed(taggedFleet(2));
    const { aws } = await fleet.sync();
    const file = join(fleet.dir, aws.record ?? "");
    assert.match(aws.record ?? "", /^backups\/dev_sync_\d{8}_\d{6}\.jsonl$/);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    const [run, ...lines] = await fleet.record();
    const site = { region: "us-east-1", account: "123456789012" };
    assert.deepEqual({ ...run, at: "" }, { line: "run", format: 1, stack: "dev", sites: [site], at: "" });
    const kinds = lines.map(({ line, function: name = "" }) => `${line} ${String(name).slice(-7)}`.trim());
    assert.deepEqual(kinds.slice(0, 3), ["planned fn-0000", "planned fn-0001", "begun"]);
    assert.equal(kinds.at(-1), "ended");
    const ofFirst = lines.filter((line) => line.function === arnOf("fn-0000"));
    const [, sent] = ofFirst;
    const revision = fleet.emulator.functions()[0]?.configuration.RevisionId;
    const common = { aim: "sync", function: arnOf("fn-0000"), layersBefore: before, layersAfter: after };
    assert.deepEqual(ofFirst, [
      { line: "planned", function: arnOf("fn-0000"), changes: [{ layer: base(1).slice(0, -2), from: 1, to: 2 }] },
      { line: "before", ...common, revision: sent?.revision },
      { line: "after", ...common, revision, outcome: "updated" },
    ]);
    assert.notEqual(sent?.revision, revision);
  });

  /** Ports whose run record takes this many lines of a kind, and then fails. */
  function failingAfter(count: number, kind: "before" | "after", failure: (path: string) => Error): Ports {
    const ports = fleet.ports();
    let written = 0;
    const { openForLines } = ports.backups;
    ports.backups.openForLines = async (path) => {
      const lines = await openForLines.call(ports.backups, path);
      return {
        close: () => lines.close(),
        append: async (line) => {
          if (line.includes(`"${kind}"`)) written += 1;
          if (written > count) throw failure(path);
          await lines.append(line);
        },
      };
    };
    return ports;
  }

  it("sends no update that it could not record", async () => {
    fleet.emulator.seed(taggedFleet(20));
    const ports = failingAfter(5, "before", () => new Error("disk full"));
    await assert.rejects(fleet.sync({}, {}, {}, ports), /disk full/);
    const { length } = fleet.emulator.writes();
    assert.ok(length <= 5, `${length} were sent`);
    assert.equal(moved(), length);
  });

  for (const kind of ["before", "after"] as const) {
    it(`counts what it has moved even if its record cannot be written: its ${kind} lines`, async () => {
      fleet.emulator.seed(taggedFleet(30));
      // As the answers arrive, several functions are in progress when the disk is full.
      fleet.emulator.configure({ updateDelayMs: 20 });
      const full = (path: string) =>
        new LayersError("backup-folder", `Cannot write to ${path}: no space left on device.`);
      const ports = failingAfter(9, kind, full);
      const error = await fleet.sync({}, {}, {}, ports).catch((thrown) => thrown);
      assert.equal(error.code, "backup-folder");
      assert.match(
        error.message,
        new RegExp(`no space left on device\\. ${moved()} of 30 functions were updated in AWS\\.`),
      );
      if (kind === "after") assert.ok(moved() > 9, `${moved()} were moved`);
      assert.equal(fleet.lines.filter((line) => /Layer base version 1 -> 2$/.test(line)).length, moved());
    });
  }

  it("needs a folder that it can write its record to, before anything is changed", async () => {
    fleet.emulator.seed(taggedFleet(1));
    await fleet.sync({ dryRun: true });
    await chmod(fleet.dir, 0o777);
    const file = join(fleet.dir, "layer_config.yaml");
    await assert.rejects(fleet.sync({}, {}, { backupDir: file }), { code: "backup-folder" });
    assert.deepEqual(fleet.emulator.writes(), []);
    assert.match(await readFile(file, "utf8"), /^layers/);
  });

  it("does not start if nobody confirms it", async () => {
    fleet.emulator.seed(taggedFleet(2));
    const asked: number[] = [];
    const confirm = async ({ changes }: { changes: readonly unknown[] }) => {
      asked.push(changes.length);
      return false;
    };
    await assert.rejects(fleet.sync({}, { confirm }), {
      code: "interrupted",
      message: "Not confirmed. Nothing was changed.",
    });
    assert.deepEqual(asked, [2]);
    assert.deepEqual(fleet.emulator.writes(), []);
  });

  it("updates several regions in parallel", async () => {
    const regions = ["us-east-1", "eu-west-1"];
    for (const region of regions) fleet.emulator.seed(taggedFleet(10, { region }));
    // No update ends before all have been sent.
    fleet.emulator.configure({ updateDelayMs: 3_600_000 });
    const run = fleet.sync({ regions });
    while (fleet.emulator.writes().length < 20) await sleep(20);
    fleet.emulator.configure({ updateDelayMs: 0 });
    assert.deepEqual(statuses((await run).aws.outcomes), { updated: 20 });
    for (const region of regions)
      assert.equal(fleet.emulator.layersOf("fn-0003", { region })[1]?.split(":").at(-1), "2");
  });

  it("tells functions of one name apart in every line, also if only one of them changes", async () => {
    const regions = ["us-east-1", "eu-west-1"];
    for (const region of regions) fleet.emulator.seed(taggedFleet(1, { region }));
    fleet.emulator.edit("fn-0000", { Layers: ["first:1", "base:2", "last:1"] }, { region: "eu-west-1" });
    const line = "  - Function fn-0000 (us-east-1): Layer base version 1 -> 2";
    await fleet.sync({ dryRun: true, regions });
    assert.ok(fleet.lines.includes(line), fleet.lines.join("\n"));
    fleet.lines.length = 0;
    await fleet.sync({ regions });
    assert.ok(fleet.lines.includes(line), fleet.lines.join("\n"));
    fleet.lines.length = 0;
    fleet.emulator.seed({ functions: [{ name: "fn-0000", layers: ["base:1"], tags: { environment: "dev" } }] });
    fleet.emulator.fault({
      operation: "UpdateFunctionConfiguration",
      status: 400,
      code: "CodeStorageExceededException",
    });
    await fleet.sync({ regions });
    assert.ok(fleet.lines.some((one) => one.startsWith("WARN - Function fn-0000 (us-east-1) was not updated")));
  });

  it("counts only what is done in its progress", async () => {
    fleet.emulator.seed(taggedFleet(60));
    const stop = new AbortController();
    // So slow that, however busy the machine is, not all are sent before five have come out.
    const ports = fleet.ports({ signal: stop.signal, rate: 15 });
    let shown = 0;
    ports.reporter.progress = () => ({
      update(done) {
        shown = done;
        if (done === 5) stop.abort();
      },
      end() {},
    });
    await assert.rejects(fleet.sync({}, {}, {}, ports), { code: "interrupted" });
    assert.ok(moved() < 60);
    assert.equal(shown, moved());
  });

  it("stops on Ctrl-C, finishes what is in progress, and says how to continue", async () => {
    fleet.emulator.seed(taggedFleet(60));
    const stop = new AbortController();
    const { emulator } = fleet;
    const interrupt = setInterval(() => {
      if (emulator.writes().length > 10) stop.abort();
    }, 1);
    const run = fleet.sync({}, { batch: { count: 60 }, check: "true" }, { signal: stop.signal, rate: 60 });
    await assert.rejects(
      run.finally(() => clearInterval(interrupt)),
      (error: Error & { code: string; next: string }) => {
        assert.equal(error.code, "interrupted");
        assert.equal(error.message, `Interrupted. ${moved()} of 60 functions were updated in AWS.`);
        assert.match(
          error.next,
          /sync --stack dev --resume backups\/dev_sync_\S+\.jsonl --batch 60 --check true\n.*back --stack dev --sync-aws backups\/dev_sync/,
        );
        return true;
      },
    );
    assert.ok(moved() > 10 && moved() < 60);
    assert.equal(emulator.writes().length, moved());
    assert.ok(!fleet.lines.some((line) => line.includes("Updated a batch")));
    const left = 60 - moved();
    assert.deepEqual(statuses((await fleet.resume()).aws.outcomes), { updated: left });
    assert.equal(moved(), 60);
  });

  describe("with failing functions", () => {
    it("attempts all others, exits with 4 and says why", async () => {
      fleet.emulator.seed(taggedFleet(20));
      refuse("fn-0003");
      const { aws } = await fleet.sync();
      assert.deepEqual(statuses(aws.outcomes), { updated: 19, failed: 1 });
      const failure = failureOf({ stack: "dev", aws });
      assert.equal(failure?.exitStatus, 4);
      assert.match(
        failure?.message ?? "",
        /^1 of 20 functions were not updated in AWS\.\n {2}Function fn-0003 .*no luck/,
      );
      assert.match(failure?.next ?? "", /sync --stack dev --resume backups\/dev_sync/);
      assert.equal(fleet.told.at(-1), "INFO - Lambda functions: 19 updated, 1 failed");
    });

    it("starts no others with `stop`", async () => {
      fleet.emulator.seed(taggedFleet(40));
      refuse("fn-0003");
      const { aws } = await fleet.sync({}, { onFailure: "stop" }, { rate: 40 });
      const { updated = 0, failed, cancelled = 0 } = statuses(aws.outcomes);
      assert.equal(failed, 1);
      assert.equal(updated + cancelled, 39);
      assert.ok(cancelled > 10, `${cancelled} were not attempted`);
      assert.equal(moved(), updated);
      assert.equal(aws.rolledBack, undefined);
      const failure = failureOf({ stack: "dev", aws });
      assert.ok(fleet.lines.includes("WARN - The run stopped: 1 function failed."));
      assert.match(
        failure?.message ?? "",
        /^1 of 40 functions were not updated in AWS; \d+ of 40 .* not attempted\.\n/,
      );
      fleet.emulator.clearFaults();
      assert.deepEqual(statuses((await fleet.resume()).aws.outcomes), { updated: cancelled + 1 });
      assert.equal(moved(), 40);
    });

    it("rolls everything back with `rollback`", async () => {
      fleet.emulator.seed(taggedFleet(40));
      refuse("fn-0020");
      const { aws } = await fleet.sync({}, { onFailure: "rollback" }, { rate: 40 });
      assert.equal(moved(), 0);
      assert.ok(fleet.emulator.writes().length > 0);
      assert.equal(aws.rolledBack?.outcomes.length, statuses(aws.outcomes).updated);
      const failure = failureOf({ stack: "dev", aws });
      assert.equal(failure?.exitStatus, 4);
      assert.match(failure?.message ?? "", /What the run had changed was rolled back in \d+ functions: fn-0000, /);
      assert.match(
        fleet.told.at(-1) ?? "",
        /^INFO - Lambda functions: \d+ updated and rolled back, 1 failed, \d+ not /,
      );
      await assert.rejects(fleet.resume(), { code: "backup-missing" });
    });
  });

  describe("with a canary", () => {
    const portions = { canary: { count: 3 }, batch: { percent: 50 } } as const;

    it("checks after it, and after each batch", async () => {
      fleet.emulator.seed(taggedFleet(10));
      const checked: unknown[] = [];
      const ports = fleet.ports();
      ports.commands.run = async (command, input, variables) => {
        checked.push([command, variables, JSON.parse(input).functions.length, JSON.parse(input).left, moved()]);
        return undefined;
      };
      const { aws } = await fleet.sync({}, { ...portions, check: "smoke" }, {}, ports);
      assert.deepEqual(statuses(aws.outcomes), { updated: 10 });
      const variables = (portion: string) => ({ LAMBDA_LAYERS_STACK: "dev", LAMBDA_LAYERS_PORTION: portion });
      assert.deepEqual(checked, [
        ["smoke", variables("canary"), 3, 7, 3],
        ["smoke", variables("batch"), 5, 2, 8],
        ["smoke", variables("batch"), 2, 0, 10],
      ]);
    });

    it("runs the check in the shell, with the functions on its standard input", async () => {
      fleet.emulator.seed(taggedFleet(2));
      const check = "cat > seen.json; test $LAMBDA_LAYERS_STACK = dev";
      await fleet.sync({}, { canary: { count: 1 }, check });
      const seen = JSON.parse(await readFile(join(fleet.dir, "seen.json"), "utf8"));
      assert.deepEqual(seen, { stack: "dev", portion: "batch", functions: [arnOf("fn-0001")], left: 0 });
    });

    it("stops and rolls back if the check fails", async () => {
      fleet.emulator.seed(taggedFleet(10));
      const { aws } = await fleet.sync({}, { ...portions, check: "exit 3" });
      assert.equal(moved(), 0);
      assert.equal(aws.stopped, "the check after the first 3 functions failed (exit code 3): exit 3");
      assert.deepEqual(statuses(aws.outcomes), { updated: 3, cancelled: 7 });
      assert.equal(aws.rolledBack?.outcomes.length, 3);
      assert.equal(fleet.told.at(-1), "INFO - Lambda functions: 3 updated and rolled back, 7 not attempted");
      const failure = failureOf({ stack: "dev", aws });
      assert.equal(failure?.exitStatus, 4);
      const told =
        "7 of 10 functions were not attempted.\n  Not attempted: fn-0003, fn-0004, fn-0005, fn-0006, fn-0007 and 2 more\nWhat the run had changed was rolled back in 3 functions: fn-0000, fn-0001, fn-0002.";
      assert.equal(failure?.message, told);
      assert.equal(fleet.emulator.writes().length, 6);
    });

    it("only stops if told to", async () => {
      fleet.emulator.seed(taggedFleet(10));
      const { aws } = await fleet.sync({}, { ...portions, check: "exit 1", onFailure: "stop" });
      assert.equal(moved(), 3);
      assert.equal(aws.rolledBack, undefined);
    });

    it("names a check that fails after the last batch, and advises no other attempt", async () => {
      fleet.emulator.seed(taggedFleet(2));
      const { aws } = await fleet.sync({}, { batch: { count: 2 }, check: "exit 1", onFailure: "stop" });
      const failure = failureOf({ stack: "dev", aws });
      assert.equal(failure?.exitStatus, 4);
      const reason = "the check after a batch of 2 functions failed (exit code 1): exit 1";
      assert.equal(failure?.message, `The run stopped: ${reason}.`);
      assert.match(failure?.next ?? "", /^Roll back the run: lambda-layers rollback --stack dev --sync-aws \S+$/);
    });

    it("does not continue if one of them fails", async () => {
      fleet.emulator.seed(taggedFleet(10));
      refuse("fn-0001");
      const { aws } = await fleet.sync({}, portions);
      assert.equal(aws.stopped, "1 of the first 3 functions failed");
      assert.equal(moved(), 0);
      assert.equal(fleet.emulator.writes().length, 4);
    });

    it("waits without a check, and asks on a terminal", async () => {
      fleet.emulator.seed(taggedFleet(10));
      const slept: number[] = [];
      const sleep = async (milliseconds: number) => {
        slept.push(milliseconds);
        assert.equal(moved(), 3);
      };
      // Nothing moves on the screen while a person reads a question.
      const moving: string[] = [];
      const all = fleet.ports();
      const progress = (title: string) => {
        moving.push(title);
        return { update() {}, end: () => void moving.splice(moving.indexOf(title), 1) };
      };
      const reporter = { ...all.reporter, progress };
      const ports = { ...all, reporter, clock: { now: () => new Date(), sleep } };
      const asked: string[] = [];
      const proceed = async (question: string) => {
        asked.push(question);
        assert.deepEqual(moving, []);
        return false;
      };
      const stopped = await fleet.sync({}, { canary: { count: 3 }, proceed }, {}, ports);
      assert.deepEqual(asked, ["Updated the first 3 functions. Continue with the other 7?"]);
      assert.deepEqual(slept, []);
      assert.equal(moved(), 3);
      assert.equal(stopped.aws.stopped, "not confirmed after the first 3 functions");
      assert.deepEqual(stopped.totals, { functions: 10, layersOfFunctions: 30, drift: 7, unknown: 0 });
      assert.equal(failureOf(stopped)?.exitStatus, 130);
      fleet.emulator.edit("fn-0000", { Layers: ["first:1", "base:1", "last:1"] });
      fleet.emulator.edit("fn-0001", { Layers: ["first:1", "base:1", "last:1"] });
      fleet.emulator.edit("fn-0002", { Layers: ["first:1", "base:1", "last:1"] });
      await fleet.sync({}, { canary: { count: 3 } }, {}, ports);
      assert.equal(
        slept.reduce((sum, one) => sum + one, 0),
        60_000,
      );
      assert.equal(moved(), 10);
    });

    for (const [what, options] of [
      ["waits", { pause: 60 }],
      ["checks", { check: "sleep 60" }],
    ] as const) {
      it(`says what was done if it is interrupted while it ${what}`, async () => {
        fleet.emulator.seed(taggedFleet(10));
        const stop = new AbortController();
        const run = fleet.sync({}, { canary: { count: 3 }, ...options }, { signal: stop.signal });
        while (!fleet.lines.some((line) => line.startsWith("INFO - Updated the first 3 functions"))) await sleep(20);
        stop.abort();
        await assert.rejects(run, (error: Error & { code: string; next: string }) => {
          assert.deepEqual(
            [error.code, error.message],
            ["interrupted", "Interrupted. 3 of 10 functions were updated in AWS."],
          );
          assert.match(error.next, /sync --stack dev --resume/);
          return true;
        });
        assert.deepEqual(statuses((await fleet.resume()).aws.outcomes), { updated: 7 });
      });
    }

    it("names its functions in a dry run, with the batches that follow", async () => {
      fleet.emulator.seed(taggedFleet(10));
      await fleet.sync({ dryRun: true }, { canary: { count: 2 }, batch: { count: 3 } });
      assert.deepEqual(fleet.lines.slice(-2), [
        "INFO - Canary: 2 functions: fn-0000, fn-0001",
        "INFO - Then 3 batches of at most 3 functions",
      ]);
      for (const [count, others] of [
        [2, "8 functions"],
        [9, "function"],
      ] as const) {
        await fleet.sync({ dryRun: true }, { canary: { count } });
        assert.equal(fleet.lines.at(-1), `INFO - Then the other ${others}`);
      }
      assert.deepEqual(fleet.emulator.writes(), []);
    });

    it("names them with their region if the fleet has the name in another too", async () => {
      const regions = ["us-east-1", "eu-west-1"];
      for (const region of regions) fleet.emulator.seed(taggedFleet(2, { region }));
      await fleet.sync({ dryRun: true, regions }, { canary: { count: 1 } });
      assert.ok(fleet.lines.includes("INFO - Canary: 1 function: fn-0000 (us-east-1)"), fleet.lines.join("\n"));
    });

    it("shows how much of a pause is left", async () => {
      fleet.emulator.seed(taggedFleet(2));
      const shown: [title: string, done: number, total: number | undefined][] = [];
      const ports = fleet.ports();
      const progress = (title: string) => ({
        update: (done: number, total?: number) => void shown.push([title, done, total]),
        end() {},
      });
      const quiet = { ...ports, clock: { now: () => new Date(), sleep: async () => {} } };
      await fleet.sync(
        {},
        { canary: { count: 1 }, pause: 3 },
        {},
        { ...quiet, reporter: { ...ports.reporter, progress } },
      );
      assert.deepEqual(
        shown
          .filter(([title]) => title === "Waiting after the first function, before the other 1")
          .map(([, done, total]) => [done, total]),
        [
          [0, 3],
          [1, 3],
          [2, 3],
        ],
      );
    });

    it("includes functions of each region", async () => {
      const regions = ["us-east-1", "eu-west-1"];
      for (const region of regions) fleet.emulator.seed(taggedFleet(5, { region }));
      await fleet.sync({ regions }, { canary: { count: 2 }, check: "false" });
      const first = fleet.emulator
        .writes()
        .slice(0, 2)
        .map(({ region }) => region);
      assert.deepEqual(first.sort(), ["eu-west-1", "us-east-1"]);
    });
  });

  it("keeps to a lower rate on request", async () => {
    fleet.emulator.seed(taggedFleet(30));
    await fleet.sync({}, {}, { rate: 20 });
    const peak = fleet.emulator.stats().peaks["123456789012/us-east-1/control"] ?? 0;
    assert.ok(peak <= 30, `${peak} requests in a second, of ${rate} before`);
    assert.equal(versionOf("fn-0029"), base(2));
  });
});
