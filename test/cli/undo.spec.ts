import assert from "node:assert/strict";
import { itSampled } from "../support/counts";
import { layer } from "../support/states";
import { ReceiptStack, useReceiptStack } from "./receipt-stack";

describe("lambda-layers undoing changes", function () {
  this.timeout(60_000);
  const stack = useReceiptStack();

  describe("rollback", () => {
    itSampled("rolls back the versions of the state and of the functions", async () => {
      await stack.run(["--sync-aws"]);
      const dryRun = await stack.run(["rollback", "--dry-run", "--sync-aws"]);
      assert.match(
        dryRun.stdout,
        /^INFO - Found 2 layer version updates:\n {2}- Function api: Layer receipt-dynamo-dev version 5 -> 1$/m,
      );
      const { code, stdout } = await stack.run(["rollback", "--yes", "--sync-aws", "--json"]);
      assert.deepEqual([code, JSON.parse(stdout).changes.length], [0, 2]);
      assert.deepEqual(stack.emulator.layersOf("worker"), [layer("receipt-dynamo-dev", 2)]);
    });

    it("asks on a terminal, after it has shown what will change", async () => {
      await stack.run([]);
      const before = await stack.state();
      const rollBack = (keys: string) => stack.onTerminal(["rollback"], { typed: [[/\[y\/N\]/, keys]] });
      const no = await rollBack("n\r");
      assert.equal(no.code, 130);
      const asked = no.screen.indexOf("Roll back 2 layers of functions in the state of stack dev? [y/N]");
      assert.ok(asked > no.screen.indexOf("Function worker: Layer receipt-dynamo-dev version 5 -> 2"), no.screen);
      assert.equal(await stack.state(), before);
      const yes = await rollBack("y\r");
      assert.equal(yes.code, 0, yes.screen);
      assert.match(await stack.state(), /receipt-dynamo-dev:1/);
    });

    const again =
      /\nRoll back the others: lambda-layers rollback --stack dev --sync-aws backups\/dev_sync_\w+\.jsonl\n/;
    const failUpdate = ({ emulator }: ReceiptStack, resource: string) => {
      const fault = { operation: "UpdateFunctionConfiguration", resource, status: 400 };
      emulator.fault({ ...fault, code: "InvalidParameterValueException", message: "no luck" });
    };

    itSampled("advises to run it again if AWS did not update a function", async () => {
      await stack.run(["--sync-aws"]);
      failUpdate(stack, "api");
      const { code, stderr } = await stack.run(["rollback", "--yes", "--sync-aws"]);
      assert.equal(code, 4, stderr);
      assert.match(stderr, again);
    });

    describe("to a layer version that is gone", () => {
      const gone = new ReceiptStack();
      before(async () => {
        await gone.deploy();
        await gone.run(["--sync-aws"]);
        gone.emulator.seed({ layers: [{ name: "receipt-dynamo-dev", versions: 0, deleted: [1] }] });
      });
      after(() => gone.dispose());

      const advice =
        "A deleted version cannot be attached again. Publish its content as a new version, or choose a version that exists, and declare it in the config.\n";

      itSampled("advises what can help, besides running it again for what that can finish", async () => {
        failUpdate(gone, "worker");
        const both = await gone.run(["rollback", "--yes", "--sync-aws"]);
        assert.deepEqual([both.code, both.stderr.endsWith(`\n${advice}`)], [4, true], both.stderr);
        assert.match(both.stderr, again);
        gone.emulator.clearFaults();
        const [newest] = JSON.parse((await gone.run(["backups", "list", "--json"])).stdout).filter(
          (one: { kind: string; madeBy: string }) => one.kind === "state" && one.madeBy === "update",
        );
        const { code, stderr } = await gone.run(["rollback", "--yes", "--sync-aws", newest.file]);
        assert.match(stderr, /^ERROR - 1 of 2 functions were not rolled back in AWS\.\n {2}Function api .*\n/m);
        assert.deepEqual([code, stderr.endsWith(`again.\n${advice}`)], [4, true], stderr);
        assert.deepEqual(gone.emulator.layersOf("worker"), [layer("receipt-dynamo-dev", 2)]);
        const record = newest.file.replace("_state_", "_sync_").replace(".json", ".jsonl");
        const alone = await gone.run(["rollback", "--yes", "--sync-aws", record]);
        assert.deepEqual([alone.code, alone.stderr.endsWith(`cannot be attached again.\n${advice}`)], [4, true]);
      });
    });

    itSampled("replaces the whole state with --full", async () => {
      await stack.run([]);
      const { code, stderr } = await stack.run(["rollback", "--full", "--yes"]);
      assert.equal(code, 0, stderr);
      assert.match(stderr, /^WARNING - The whole state is replaced/m);
      assert.match(await stack.state(), /receipt-dynamo-dev:1/);
    });
  });

  describe("backups", () => {
    it("lists what there is, newest first", async () => {
      await stack.run([]);
      const [lines, json] = await Promise.all([
        stack.run(["backups", "list"]),
        stack.run(["backups", "list", "--json"]),
      ]);
      const documents = JSON.parse(json.stdout);
      assert.equal(documents.length, (await stack.backups()).length);
      const [newest] = documents.filter((one: { kind: string }) => one.kind === "state");
      assert.deepEqual(Object.keys(newest), ["stack", "kind", "madeBy", "time", "bytes", "file"]);
      assert.deepEqual([newest.stack, newest.madeBy], ["dev", "update"]);
      assert.match(lines.stdout, /^STACK +KIND +BY +WHEN +SIZE +FILE\n/);
      assert.match(
        lines.stdout,
        /^dev +state +update +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +\d+\.\d KB +backups\/dev_state_\S+$/m,
      );
      const noneOf = (...args: string[]) => stack.run(["backups", "list", ...args]).then(({ stdout }) => stdout);
      assert.equal(await noneOf("--stack", "other"), "INFO - No backups found in backups\n");
      assert.equal(await noneOf("--backup-dir", "nope"), "INFO - No backups found in nope, which does not exist\n");
    });

    itSampled("removes old ones, but never the newest", async () => {
      await stack.run([]);
      const old = { "backups/dev_state_20200101_000000.json": "{}", "backups/dev_updated_20200101_000000.json": "{}" };
      await stack.project.write(old);
      const count = (await stack.backups()).length;
      const dryRun = await stack.run(["backups", "prune", "--dry-run"]);
      assert.deepEqual([dryRun.code, (await stack.backups()).length], [0, count]);
      assert.match(dryRun.stdout, /^INFO - Found 2 backup files older than 30 days:\n {2}- backups\/dev_/);
      const { code, stdout } = await stack.run(["backups", "prune", "--yes", "--json"]);
      const { remove, keep, retentionDays } = JSON.parse(stdout);
      assert.deepEqual([code, remove.length, keep.length, retentionDays], [0, 2, count - 2, 30]);
      assert.equal((await stack.backups()).length, count - 2);
      const all = await stack.run(["backups", "prune", "--yes", "--retention-days", "0", "--json"]);
      assert.ok(JSON.parse(all.stdout).keep.length >= 2);
    });
  });
});
