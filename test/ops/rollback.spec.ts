import assert from "node:assert/strict";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { compareStates } from "../../sdk/core/state/compare";
import { executeRollback } from "../../sdk/ops/rollback";
import { planRollback, type RollbackRequest } from "../../sdk/ops/rollback-plan";
import { itSampled } from "../support/counts";
import { assertReplaces, backupNames, importState, layer, tell, update, useStack } from "./harness";

const program = `
fn("a", { layers: [layer("receipt-dynamo-dev", 1), layer("unrelated", 1)] });
fn("b", { layers: [layer("receipt-dynamo-dev", 2)] });
if (require("fs").existsSync("third")) fn("c", { layers: [layer("receipt-dynamo-dev", 7)] });
`;
const files = {
  "layer_config.yaml": "layers: { receipt-dynamo: { version: 5 } }\n",
  "to-6.yaml": "layers: { receipt-dynamo: { version: 6 } }\n",
};

describe("a rollback", function () {
  this.timeout(60_000);
  const deployed = useStack(program, { files });
  beforeEach(() => deployed.reset());

  const rollback = (request: Partial<RollbackRequest> = {}) =>
    tell(
      deployed.project,
      {},
      (ports) => ports,
      async (ports) => executeRollback(ports, await planRollback(ports, { stack: "dev", ...request })),
    );
  const differences = async () =>
    compareStates(Buffer.from(deployed.original), Buffer.from(await deployed.project.stateText()));
  const live = (name: string) => deployed.emulator.layersOf(name);

  const updated = deployed.once(() => update(deployed.project));

  it("rolls back the versions of the newest update, and makes its own backup", async () => {
    const { project } = deployed;
    await updated();
    const [kept] = await backupNames(project);
    const { lines, commands, result } = await rollback();
    assert.deepEqual(await differences(), []);
    const made = (await backupNames(project)).filter((name) => !/_updated_/.test(name) && name !== kept);
    assert.equal(made.length, 2);
    const [rolledBack = "", state = ""] = made;
    assert.match(rolledBack, /^dev_rollback_\d{8}_\d{6}(_\d)?\.json$/);
    assert.equal(state, rolledBack.replace("rollback", "state"));
    assert.deepEqual(lines, [
      "INFO - Exporting stack state for dev",
      `INFO - Rolling back to: backups/${kept}`,
      `INFO - State exported to: backups/${state}`,
      "INFO - Function a: Layer receipt-dynamo-dev version 5 -> 1",
      "INFO - Function b: Layer receipt-dynamo-dev version 5 -> 2",
      `INFO - State saved to: backups/${rolledBack}`,
      "INFO - Importing state for stack dev",
      "INFO - Pulumi state updated successfully",
      "WARN - AWS was not touched: live functions keep their layers until they are rolled back with --sync-aws.",
    ]);
    assertReplaces(commands);
    assert.equal(result?.backup, `backups/${state}`);
  });

  itSampled("of a rollback changes nothing: it stays at the newest update", async () => {
    const { project } = deployed;
    await updated();
    await rollback();
    const names = await backupNames(project);
    const { lines, result } = await rollback();
    assert.match(lines.join(), /nothing to roll back/);
    assert.equal(result?.backup, null);
    assert.deepEqual(await differences(), []);
    assert.deepEqual(await backupNames(project), names);
  });

  itSampled("goes back to before an imported update, not to a copy or an update that failed", async () => {
    const { project } = deployed;
    await updated();
    const [kept] = await backupNames(project);
    await project.write({ "old.json": deployed.original });
    await update(project, { stateFile: "old.json" });
    const locks = join(project.root, "state/.pulumi/locks/organization/test/dev");
    await mkdir(locks, { recursive: true });
    const lock = join(locks, "0b7f2cb1-6f8c-4d4e-9b5a-000000000000.json");
    await writeFile(
      lock,
      JSON.stringify({ pid: 1, username: "me", hostname: "there", timestamp: "2026-11-23T15:43:39Z" }),
    );
    const failed = await update(project, { configPath: "to-6.yaml" });
    await rm(lock);
    assert.equal(failed.error?.code, "stack-locked");
    assert.equal((await backupNames(project)).filter((name) => /_updated_/.test(name)).length, 1);
    const { lines, result } = await rollback();
    assert.ok(lines.includes(`INFO - Rolling back to: backups/${kept}`), lines.join("\n"));
    assert.equal(result?.changes.length, 2);
    assert.deepEqual(await differences(), []);
  });

  itSampled("to a named backup goes further back", async () => {
    const { project } = deployed;
    await updated();
    const [first = ""] = await backupNames(project);
    await sleep(1000);
    await update(project, { configPath: "to-6.yaml" });
    await rollback();
    assert.match(await project.stateText(), /receipt-dynamo-dev:5"/);
    await rollback({ backup: `backups/${first}` });
    assert.deepEqual(await differences(), []);
  });

  it("keeps what others have changed since", async () => {
    const { project } = deployed;
    await updated();
    await project.write({ third: "" });
    try {
      await project.up();
      await rollback();
    } finally {
      await rename(join(project.dir, "third"), join(project.root, "third"));
    }
    const state = await project.exportStack();
    const recorded = (name: string) =>
      state.deployment.resources.find(({ urn }: { urn: string }) => urn.endsWith(`::${name}`)).inputs.layers;
    assert.deepEqual(recorded("c"), [layer("receipt-dynamo-dev", 7)]);
    assert.deepEqual(recorded("b"), [layer("receipt-dynamo-dev", 2)]);
  });

  it("in full restores the whole backup, and says what that means", async () => {
    const { project } = deployed;
    await updated();
    const state = JSON.parse(await project.exportText());
    const others = state.deployment.resources.filter(({ urn }: { urn: string }) => !urn.endsWith("::b"));
    await importState(project, JSON.stringify({ ...state, deployment: { ...state.deployment, resources: others } }));
    const { lines } = await rollback({ full: true });
    assert.deepEqual(await differences(), []);
    assert.match(
      lines[2] ?? "",
      /^WARN - The whole state is replaced \(3 resources now, 4 in backups\/dev_state_.*\): Pulumi forgets/,
    );
    assert.match((await rollback({ full: true })).lines.join(), /nothing to roll back/);
  });

  it("in a dry run reports, and writes nothing", async () => {
    const { project } = deployed;
    await updated();
    const names = await backupNames(project);
    const { lines, result, commands } = await rollback({ dryRun: true });
    assert.deepEqual(lines.slice(1), [
      "INFO - Found 2 layer version updates:",
      "  - Function a: Layer receipt-dynamo-dev version 5 -> 1",
      "  - Function b: Layer receipt-dynamo-dev version 5 -> 2",
    ]);
    assert.equal(result?.backup, null);
    assert.deepEqual(commands, ["stack export"]);
    assert.deepEqual(await backupNames(project), names);
  });

  it("with --sync-aws also rolls back the functions", async () => {
    const { project } = deployed;
    await update(project, { syncAws: true });
    assert.deepEqual(live("a"), [layer("receipt-dynamo-dev", 5), layer("unrelated", 1)]);
    const { result } = await rollback({ syncAws: true });
    assert.deepEqual(live("a"), [layer("receipt-dynamo-dev", 1), layer("unrelated", 1)]);
    assert.deepEqual(live("b"), [layer("receipt-dynamo-dev", 2)]);
    assert.equal(result?.aws?.outcomes.length, 2);
    assert.deepEqual(await differences(), []);
  });

  itSampled("can be limited to some functions", async () => {
    await updated();
    const { result } = await rollback({ functions: ["a"] });
    assert.deepEqual(
      result?.changes.map(({ function: name, to }) => `${name} ${to}`),
      ["a 1"],
    );
  });

  describe("to layer versions that no longer exist in AWS", () => {
    before(() => deployed.emulator.seed({ layers: [{ name: "gone-dev", versions: 9, deleted: [3] }] }));
    const prepare = deployed.once(async () => {
      const { project } = deployed;
      await importState(project, deployed.original.replaceAll(layer("unrelated", 1), layer("gone-dev", 3)));
      await project.write({ "gone.yaml": "layers: { gone: { version: 4 } }\n" });
      await update(project, { configPath: "gone.yaml" });
    });

    it("says so before it starts", async () => {
      await prepare();
      const { lines, result } = await rollback({ dryRun: true });
      const arn = layer("gone-dev", 3);
      assert.equal(
        lines[1],
        `WARN - Layer version no longer exists: ${arn}. Functions that have it keep it, but it cannot be attached again.`,
      );
      assert.equal(result?.changes.length, 1);
    });

    it("changes nothing if functions would need one", async () => {
      await prepare();
      deployed.emulator.edit("a", { Layers: [layer("gone-dev", 4)] });
      const names = await backupNames(deployed.project);
      const { error } = await rollback({ syncAws: true });
      assert.equal(error?.code, "layer-version-missing");
      assert.match(error?.message ?? "", /gone-dev:3, needed by function a.*Nothing was changed\.$/s);
      assert.deepEqual(await backupNames(deployed.project), names);
    });

    it("is made if AWS cannot be asked", async () => {
      await prepare();
      deployed.emulator.deny({ action: "lambda:GetLayerVersion" });
      const { result, lines } = await rollback();
      assert.ok(result?.backup);
      assert.doesNotMatch(lines.join(), /no longer exists/);
    });
  });

  describe("is refused", () => {
    it("without a backup", async () => {
      const { error } = await rollback();
      assert.equal(error?.code, "backup-missing");
      assert.match(
        error?.describe() ?? "",
        /^No backup made by an update was found for stack dev\. Nothing was changed\./,
      );
    });

    it("with a backup that does not exist", async () => {
      assert.equal((await rollback({ backup: "nowhere.json" })).error?.code, "backup-missing");
    });

    for (const [whose, from, to, name] of [
      ["another stack's", "urn:pulumi:dev::test::", "urn:pulumi:prod::test::", "stack prod of project test"],
      ["another project's", "urn:pulumi:dev::test::", "urn:pulumi:dev::shop::", "stack dev of project shop"],
    ] as const) {
      it(`with ${whose} backup`, async () => {
        const { project, original } = deployed;
        await project.write({ "other.json": original.replaceAll(from, to) });
        for (const full of [true, false]) {
          const { error } = await rollback({ backup: "other.json", full });
          assert.equal(error?.code, "usage");
          assert.equal(
            error?.message,
            `other.json is a backup of ${name}, but this is stack dev of project test. Nothing was changed.`,
          );
        }
      });
    }

    it("with a truncated backup, naming the place", async () => {
      const { project, original } = deployed;
      await project.write({ "cut.json": original.slice(0, 500) });
      const { error } = await rollback({ backup: "cut.json" });
      assert.equal(error?.code, "state-invalid");
      assert.match(error?.message ?? "", /at byte 500 .*The backup is cut\.json\. Nothing was changed\.$/s);
      assert.match(error?.next ?? "", /lambda-layers backups list/);
    });

    it("in full for some functions only", async () => {
      assert.equal((await rollback({ full: true, functions: ["a"] })).error?.code, "usage");
    });
  });
});
