import assert from "node:assert/strict";
import { chmod, mkdir, readFile, rename, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Lambda } from "@aws-sdk/client-lambda";
import { executeRunRollback, planRunRollback } from "../../sdk/ops/rollback";
import { arnOf, base } from "../aws/harness";
import { sealed, unsealed } from "../support/run-records";
import { configFor, type Fleet, failureOf, taggedFleet, useFleet } from "./fleet-harness";

const versionsIn = ({ emulator }: Fleet) =>
  emulator.functions().map(({ layers }) => Number(layers[1]?.split(":").at(-1)));
const names = (things: readonly { readonly function: string }[]) => things.map((one) => one.function);

describe("a run that is rolled back", function () {
  this.timeout(60_000);
  const fleet = useFleet();
  const versions = () => versionsIn(fleet);
  const change = (name: string, ...layers: string[]) => fleet.emulator.edit(name, { Layers: layers });

  async function run(count: number): Promise<string> {
    fleet.emulator.seed(taggedFleet(count));
    const { aws } = await fleet.sync();
    fleet.emulator.resetCounts();
    fleet.lines.length = 0;
    return aws.record ?? "";
  }

  it("leaves every function as it was", async () => {
    const record = await run(60);
    const { aws } = await fleet.rollback({ record });
    assert.ok(aws.outcomes.every(({ status }) => status === "updated"));
    assert.deepEqual(new Set(versions()), new Set([1]));
    assert.equal(fleet.emulator.counts().UpdateFunctionConfiguration, 60);
    const again = await fleet.rollback({ record });
    assert.deepEqual([again.aws.changes, again.aws.outcomes], [[], []]);
    await assert.rejects(fleet.resume(), { code: "backup-missing" });
  });

  it("shows in a dry run what it would do", async () => {
    const record = await run(2);
    const { aws } = await fleet.rollback({ record, dryRun: true });
    assert.deepEqual(fleet.lines, [
      "INFO - Found 2 layer version updates in AWS:",
      "  - Function fn-0000: Layer base version 2 -> 1",
      "  - Function fn-0001: Layer base version 2 -> 1",
    ]);
    assert.equal(aws.changes.length, 2);
    assert.deepEqual(fleet.emulator.writes(), []);
  });

  it("leaves alone what others have changed since, layer by layer, and says which", async () => {
    const record = await run(5);
    change("fn-0000", "first:1", "base:3", "last:1");
    change("fn-0001", "first:1", "last:1");
    change("fn-0002", "last:4", "base:2", "first:2");
    change("fn-0003", "first:1", "base:1", "last:1");
    const { aws } = await fleet.rollback({ record });
    assert.deepEqual(fleet.emulator.layersOf("fn-0000"), [base(1, "first"), base(3), base(1, "last")]);
    assert.deepEqual(fleet.emulator.layersOf("fn-0001"), [base(1, "first"), base(1, "last")]);
    assert.deepEqual(fleet.emulator.layersOf("fn-0002"), [base(4, "last"), base(1), base(2, "first")]);
    assert.deepEqual(aws.skipped, [
      {
        function: "fn-0000",
        reason: "someone else has since changed layer base: it is at version 3, and the run had set 2",
      },
      { function: "fn-0001", reason: "someone else has since removed layer base" },
    ]);
    assert.deepEqual(names(aws.outcomes), ["fn-0002", "fn-0004"]);
    assert.equal(failureOf({ aws }, { rollback: { impossible: [], found: [], sites: [] } }), undefined);
  });

  it("does not undo what someone changes while it is rolled back", async () => {
    const record = await run(3);
    const plan = await fleet.planLiveRollback({ record });
    change("fn-0001", "first:1", "base:4", "last:1");
    const { aws } = await executeRunRollback(fleet.ports(), plan);
    assert.ok(aws);
    assert.deepEqual(versions(), [1, 4, 1]);
    const [, outcome] = aws.outcomes;
    assert.deepEqual([outcome?.status, outcome?.changedMeanwhile], ["unchanged", true]);
  });

  it("can cover only some functions, and the others later", async () => {
    const record = await run(4);
    await fleet.rollback({ record, functions: ["fn-0001", arnOf("fn-0002")], exclude: ["fn-0002"] });
    assert.deepEqual(versions(), [2, 1, 2, 2]);
    await fleet.rollback({ record });
    assert.deepEqual(versions(), [1, 1, 1, 1]);
  });

  it("is limited to the region that is asked for, and the others can follow", async () => {
    const other = "eu-west-1";
    const [home, away] = [taggedFleet(2), taggedFleet(2, { region: other })];
    fleet.emulator.seed({
      layers: [...home.layers, ...away.layers],
      functions: [...home.functions, ...away.functions],
    });
    const { aws: run } = await fleet.sync({ regions: ["us-east-1", other] });
    const record = run.record ?? "";
    const inRegion = (region: string) => {
      const ports = fleet.ports({ region });
      return planRunRollback(ports, { stack: "dev", retentionDays: 30, record }).then((plan) =>
        executeRunRollback(ports, plan),
      );
    };
    const ofRegion = (region: string) =>
      fleet.emulator.functions({ region }).map(({ layers }) => Number(layers[1]?.split(":").at(-1)));
    const bothRegions = () => [ofRegion("us-east-1"), ofRegion(other)];
    fleet.lines.length = 0;
    const { aws } = await inRegion(other);
    assert.deepEqual(bothRegions(), [
      [2, 2],
      [1, 1],
    ]);
    assert.deepEqual(
      aws?.skipped.map(({ function: name, region, reason }) => [name, region, reason]),
      [
        ["fn-0000", "us-east-1", "it is in us-east-1, but this run is for eu-west-1"],
        ["fn-0001", "us-east-1", "it is in us-east-1, but this run is for eu-west-1"],
      ],
    );
    await assert.rejects(inRegion("us-west-2"), { code: "usage", next: /^The functions are in us-east-1: choose/ });
    await fleet.rollback({ record });
    assert.deepEqual(bothRegions(), [
      [1, 1],
      [1, 1],
    ]);
  });

  it("goes back to what others had set before the run reached them", async () => {
    fleet.emulator.seed(taggedFleet(3));
    const ports = fleet.ports();
    const { connect } = ports.aws;
    let edited = false;
    ports.aws.connect = async (...args) => {
      const aws = await connect(...args);
      return {
        ...aws,
        reconcile: (functions, desired, options) => {
          // Between plan and update.
          if (!edited) change("fn-0001", "first:1", "base:4", "last:1");
          edited = true;
          return aws.reconcile(functions, desired, options);
        },
      };
    };
    const { aws } = await fleet.sync({}, {}, {}, ports);
    assert.deepEqual(versions(), [2, 2, 2]);
    assert.ok(fleet.lines.some((line) => /^WARN - Function fn-0001 was changed by someone else during/.test(line)));
    await fleet.rollback({ record: aws.record ?? "" });
    assert.deepEqual(versions(), [1, 4, 1]);
  });

  it("reports before it starts that a layer version is gone, rolls back all others, and exits with 4", async () => {
    const record = await run(4);
    fleet.emulator.seed({ layers: [{ name: "base", versions: 5, deleted: [1] }] });
    change("fn-0002", "first:1", "base:1", "last:1");
    // This one is not rolled back, so its missing version does not matter.
    change("fn-0003", "first:1", "base:3", "last:1");
    const { aws } = await fleet.rollback({ record });
    const reason = `${base(1)} no longer exists, and a deleted layer version cannot be attached again.`;
    assert.equal(fleet.lines[0], `WARN - Function fn-0000 cannot be rolled back: ${reason}`);
    assert.deepEqual(versions(), [2, 2, 1, 3]);
    assert.deepEqual([names(aws.outcomes), names(aws.skipped)], [["fn-0000", "fn-0001"], ["fn-0003"]]);
    assert.deepEqual(fleet.emulator.writes(), []);
    assert.equal(failureOf({ aws }, { rollback: { impossible: [], found: [], sites: [] } })?.exitStatus, 4);
  });

  it("reports functions that failed, and those that are gone", async () => {
    const record = await run(3);
    const lambda = new Lambda({});
    await lambda.deleteFunction({ FunctionName: "fn-0000" });
    lambda.destroy();
    fleet.emulator.fault({ operation: "UpdateFunctionConfiguration", resource: "fn-0001", status: 400 });
    const { aws } = await fleet.rollback({ record });
    assert.deepEqual(aws.skipped, [{ function: "fn-0000", reason: "it no longer exists in AWS" }]);
    assert.match(
      failureOf({ aws }, { rollback: { impossible: [], found: [], sites: [] } })?.message ?? "",
      /^1 of 2 functions were not rolled back in AWS\.\n {2}Function fn-0001 was not/,
    );
    assert.deepEqual(versions(), [2, 1]);
    fleet.emulator.clearFaults();
    await fleet.rollback({ record });
    assert.deepEqual(versions(), [1, 1]);
  });

  it("is trusted without checksums, as version 0.1.0 wrote records, with a warning", async () => {
    const record = await run(2);
    const path = join(fleet.dir, record);
    await writeFile(path, `${unsealed((await readFile(path, "utf8")).trim().split("\n")).join("\n")}\n`);
    await fleet.rollback({ record });
    assert.deepEqual(versions(), [1, 1]);
    const warning = `WARN - Cannot verify that ${record} is unchanged: it has no checksums, like all records that version 0.1.0 wrote.`;
    assert.equal(fleet.lines[0], warning);
    const again = await fleet.rollback({ record });
    assert.deepEqual(again.aws.changes, []);
  });

  it("is not trusted if a byte has changed", async () => {
    const record = await run(2);
    const path = join(fleet.dir, record);
    const text = await readFile(path, "utf8");
    await writeFile(
      path,
      text.replace(`"layersBefore":["${base(1, "first")}"`, `"layersBefore":["${base(3, "first")}"`),
    );
    for (const attempt of [fleet.rollback({ record }), fleet.resume({ record })])
      await assert.rejects(attempt, {
        code: "record-invalid",
        message: /its checksum does not match.* Nothing was changed\.$/,
      });
    assert.deepEqual(fleet.emulator.counts(), {});
  });

  for (const [what, plant, message] of [
    [
      "a folder that others can write to",
      async (path: string) => chmod(join(path, ".."), 0o777),
      /^The backup \S+ cannot be trusted: its folder can be written by others \(mode 0777\)\. Nothing was changed\.$/,
    ],
    [
      "a folder below one that others can write to",
      async (path: string) => chmod(join(path, "../.."), 0o777),
      /^The backup folder backups is inside \S+, where other users could replace it\. Nothing was changed\.$/,
    ],
    [
      "a file that others can write to",
      async (path: string) => chmod(path, 0o622),
      /^The backup \S+ can be written by others \(mode 0622\)\. Nothing was changed\.$/,
    ],
    [
      "a link into a folder that others can write to",
      async (path: string) => {
        const open = join(path, "../../open");
        await mkdir(open);
        await rename(path, join(open, "run.jsonl"));
        await symlink(join(open, "run.jsonl"), path);
        await chmod(open, 0o777);
      },
      /its folder can be written by others/,
    ],
  ] as const) {
    it(`is not trusted: ${what}`, async () => {
      const record = await run(2);
      await plant(join(fleet.dir, record));
      for (const attempt of [() => fleet.rollback({ record }), () => fleet.resume({ record })])
        await assert.rejects(attempt, { code: "backup-folder", message });
      assert.deepEqual(fleet.emulator.counts(), {});
      assert.deepEqual(versions(), [2, 2]);
    });
  }

  it("is trusted in a folder like /tmp, if only its owner can replace it", async () => {
    const record = await run(2);
    await chmod(join(fleet.dir, "backups"), 0o1777);
    await fleet.rollback({ record });
    assert.deepEqual(versions(), [1, 1]);
  });

  for (const [what, write, code] of [
    ["that does not exist", async () => {}, "backup-missing"],
    ["that is not a record", (path: string) => writeFile(path, "{}\n"), "record-invalid"],
    [
      "of another stack",
      (path: string) => writeFile(path, '{"line":"run","format":1,"stack":"prod","at":"2024-08-24","sites":[]}\n'),
      "usage",
    ],
  ] as const) {
    it(`needs a record: one ${what} is refused`, async () => {
      await write(join(fleet.dir, "run.jsonl"));
      await assert.rejects(fleet.rollback({ record: "run.jsonl" }), { code, message: /Nothing was changed\.$/ });
      assert.deepEqual(fleet.emulator.counts(), {});
    });
  }
});

describe("a run that is resumed", function () {
  this.timeout(60_000);
  const fleet = useFleet();
  const versions = () => versionsIn(fleet);

  /** A run of four functions that was killed: the second has been updated, the third was about to be. */
  async function killed(): Promise<string> {
    fleet.emulator.seed(taggedFleet(4));
    const { aws } = await fleet.sync({ functions: ["fn-0001"], allFunctions: false });
    const file = join(fleet.dir, aws.record ?? "");
    const [run, planned, begun, sent, ended] = (await readFile(file, "utf8")).split("\n");
    const others = ["fn-0000", "fn-0002", "fn-0003"].map((name) => planned?.replace("fn-0001", name));
    const cut = sent?.replace("fn-0001", "fn-0002");
    const lines = sealed([run, planned, ...others, begun, sent, ended].map((line) => line ?? ""));
    await writeFile(file, [...lines, cut?.slice(0, -9)].join("\n"));
    fleet.emulator.resetCounts();
    return aws.record ?? "";
  }

  it("does what is left, and nothing twice", async () => {
    await killed();
    const { aws } = await fleet.resume();
    assert.deepEqual(names(aws.outcomes).sort(), ["fn-0000", "fn-0002", "fn-0003"]);
    assert.deepEqual(versions(), [2, 2, 2, 2]);
    assert.equal(fleet.emulator.counts().UpdateFunctionConfiguration, 3);
    await assert.rejects(fleet.resume(), { code: "backup-missing", message: /is already finished/ });
  });

  it("does what was planned, whatever the config says by now", async () => {
    const record = await killed();
    await writeFile(join(fleet.dir, "layer_config.yaml"), configFor(5));
    await fleet.resume({ record });
    assert.deepEqual(versions(), [2, 2, 2, 2]);
  });

  it("leaves alone what others have changed since, and says which", async () => {
    await killed();
    fleet.emulator.edit("fn-0003", { Layers: ["first:1", "base:5", "last:1"] });
    const { aws } = await fleet.resume();
    assert.deepEqual(versions(), [2, 2, 2, 5]);
    assert.deepEqual(aws.skipped, [
      { function: "fn-0003", reason: "since the run, layer base was changed to version 5 by someone else" },
    ]);
    assert.equal(failureOf({ stack: "dev", aws }), undefined);
  });

  it("can be rolled back as a whole afterwards", async () => {
    const record = await killed();
    await fleet.resume();
    await fleet.rollback({ record });
    assert.deepEqual(versions(), [1, 1, 1, 1]);
  });

  it("shows in a dry run what is left", async () => {
    const record = await killed();
    const before = await readFile(join(fleet.dir, record), "utf8");
    const { aws } = await fleet.resume({ dryRun: true });
    assert.equal(aws.changes.length, 3);
    assert.equal(await readFile(join(fleet.dir, record), "utf8"), before);
  });

  it("cannot be one that was interrupted before it started", async () => {
    const record = await killed();
    const [run, planned] = (await readFile(join(fleet.dir, record), "utf8")).split("\n");
    await writeFile(join(fleet.dir, record), `${run}\n${planned}\n`);
    for (const named of [undefined, record]) {
      await assert.rejects(fleet.resume({ record: named }), {
        code: "usage",
        message: `The run in ${record} was interrupted before it started. Nothing was changed.`,
        next: "Start a new one: lambda-layers sync --stack dev",
      });
    }
    fleet.lines.length = 0;
    const { aws } = await fleet.rollback({ record });
    assert.deepEqual(aws.changes, []);
    assert.match(
      fleet.lines[0] ?? "",
      /^WARN - The run in \S+ was interrupted before it started and changed nothing\. /,
    );
    assert.deepEqual(fleet.emulator.writes(), []);
  });

  it("cannot be one that was being rolled back", async () => {
    const record = await killed();
    const lines = (await readFile(join(fleet.dir, record), "utf8")).split("\n").slice(0, -1);
    lines.push('{"line":"begun","aim":"rollback","at":"2024-08-24T14:30:22.000Z"}');
    await writeFile(join(fleet.dir, record), `${sealed(lines).join("\n")}\n`);
    await assert.rejects(fleet.resume(), { code: "usage", message: /was being rolled back\. Nothing was changed\.$/ });
  });

  it("cannot be one that has been rolled back since", async () => {
    const record = await killed();
    await fleet.resume();
    await fleet.rollback({ record });
    const message = new RegExp(
      `^The run in ${record} was rolled back by the rollback of [-:.T0-9]+Z. Nothing was changed.$`,
    );
    const next = "Start a new one: lambda-layers sync --stack dev";
    await assert.rejects(fleet.resume(), { code: "backup-missing", message, next });
    await assert.rejects(fleet.resume({ record }), { code: "usage", message, next });
    assert.deepEqual(versions(), [1, 1, 1, 1]);
  });

  it("cannot be one that was partly rolled back: the rest can be rolled back too", async () => {
    const record = await killed();
    await fleet.resume();
    await fleet.rollback({ record, functions: ["fn-0001"] });
    await assert.rejects(fleet.resume({ record }), {
      message: /^The run in \S+ was partly rolled back by the rollback of /,
      next: `Roll back the others: lambda-layers rollback --stack dev --sync-aws ${record}\nOr start a new run:   lambda-layers sync --stack dev`,
    });
  });

  it("is attempted again only if something failed in it", async () => {
    const record = await killed();
    await fleet.resume();
    const begin = "Start a new one: lambda-layers sync --stack dev";
    await assert.rejects(fleet.resume(), { code: "backup-missing", next: begin });
    const text = await readFile(join(fleet.dir, record), "utf8");
    const whole = text.split("\n").filter((line) => line.endsWith("}"));
    const failed = whole.map((line) => line.replace('"outcome":"updated"', '"outcome":"failed"'));
    await writeFile(join(fleet.dir, record), `${sealed(failed).join("\n")}\n`);
    await assert.rejects(fleet.resume(), { code: "backup-missing", next: /^To retry what failed in it, / });
  });

  it("accepts a record of version 0.1.0, which has no checksums, and says so", async () => {
    const record = await killed();
    const path = join(fleet.dir, record);
    await writeFile(path, unsealed((await readFile(path, "utf8")).split("\n")).join("\n"));
    await fleet.resume();
    assert.deepEqual(versions(), [2, 2, 2, 2]);
    assert.ok(fleet.lines.some((line) => /^WARN - Cannot verify that .* it has no checksums, like all/.test(line)));
    await fleet.rollback({ record });
    assert.deepEqual(versions(), [1, 1, 1, 1]);
  });

  it("skips no function whose plan is damaged", async () => {
    const record = await killed();
    const path = join(fleet.dir, record);
    const text = await readFile(path, "utf8");
    for (const kind of [text, unsealed(text.split("\n")).join("\n")]) {
      const lines = kind.split("\n");
      await writeFile(path, lines.map((line) => (line.includes("fn-0003") ? line.slice(0, -30) : line)).join("\n"));
      await assert.rejects(fleet.resume(), { code: "record-invalid", message: /line 5: it is not valid JSON/ });
    }
    assert.deepEqual(fleet.emulator.writes(), []);
  });

  it("needs a record", async () => {
    await assert.rejects(fleet.resume(), { code: "backup-missing", message: /No run record found for stack dev/ });
  });
});
