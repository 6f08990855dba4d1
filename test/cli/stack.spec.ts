import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../emulator";
import { createAwsStack, preamble } from "../support/aws-stack";
import type { Project } from "../support/engine";
import { layer } from "../support/states";
import { type CliOptions, cli, cliOnTerminal, startCli } from "./harness";

const config = (version: number) => `layers:
  receipt-dynamo: {version: ${version}}
  receipt-label: {version: 2, enforce: minimum}
`;

const program = `${preamble}
fn("api", { layers: ["${layer("receipt-dynamo-dev", 1)}", "${layer("receipt-label", 3)}"] });
fn("worker", { layers: ["${layer("receipt-dynamo-dev", 2)}"] });
`;

describe("lambda-layers on a stack", function () {
  this.timeout(60_000);
  let emulator: Emulator;
  let stack: Project;

  before(async () => {
    emulator = await startEmulator();
    emulator.seed({
      layers: [
        { name: "receipt-dynamo-dev", versions: 6 },
        { name: "receipt-label", versions: 3 },
      ],
    });
    stack = await createAwsStack({ env: emulator.env, program, files: { "layer_config.yaml": config(5) } });
    await stack.up();
  });
  after(async () => {
    await stack.dispose();
    await emulator.close();
  });
  // The state and the functions are as the program made them.
  afterEach(async () => {
    emulator.configure({ updateDelayMs: 20 });
    emulator.clearFaults();
    await stack.write({ "layer_config.yaml": config(5) });
    emulator.edit("api", { Layers: ["receipt-dynamo-dev:1", "receipt-label:3"] });
    emulator.edit("worker", { Layers: ["receipt-dynamo-dev:2"] });
    const now = await stack.exportText();
    const first = JSON.stringify(now).includes("receipt-dynamo-dev:1");
    if (!first) await run(["rollback", "--yes", (await backups()).find((name) => name.includes("_state_")) ?? ""]);
  });

  const run = (args: readonly string[], options: Partial<CliOptions> = {}) =>
    cli(args, { cwd: stack.dir, env: stack.env, ...options });
  const backups = async () => (await readdir(join(stack.dir, "backups")).catch(() => [] as string[])).sort();

  describe("status", () => {
    it("shows declared, recorded and live versions, and marks drift", async () => {
      emulator.edit("worker", { Layers: ["receipt-dynamo-dev:5"] });
      const { code, stdout, stderr } = await run(["status"]);
      assert.deepEqual([code, stderr], [0, ""]);
      assert.equal(
        stdout,
        `   FUNCTION  LAYER               DECLARED  RECORDED  LIVE
!  api       receipt-dynamo-dev         5         1     1
   api       receipt-label            >=2         3     3
!  worker    receipt-dynamo-dev         5         2     5
INFO - 2 of 3 layers are not as declared
`,
      );
    });

    it("ends with 7 where there must be no drift, also in JSON", async () => {
      const [lines, json] = await Promise.all([
        run(["status", "--expect-no-changes"]),
        run(["status", "--expect-no-changes", "--json"]),
      ]);
      assert.deepEqual([lines.code, json.code], [7, 7]);
      assert.match(lines.stderr, /^ERROR - Stack dev has drifted: 2 of 3 layers are not as declared\.$/m);
      const { rows, live } = JSON.parse(json.stdout);
      assert.deepEqual(live, { read: true });
      const { urn, ...row } = rows[0];
      assert.deepEqual(row, {
        function: "api",
        layer: "receipt-dynamo-dev",
        arn: layer("receipt-dynamo-dev", 1).slice(0, -2),
        declared: 5,
        enforce: "exact",
        recorded: 1,
        live: 1,
        drift: true,
      });
    });

    it("does without AWS credentials", async () => {
      const env = { ...stack.env, AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" };
      const { code, stdout, stderr } = await run(["status"], { env });
      assert.equal(code, 0);
      assert.match(stdout, /^! {2}api +receipt-dynamo-dev +5 +1 +-$/m);
      assert.match(stderr, /^WARNING - Live versions are not known: AWS credentials not configured/m);
    });
  });

  describe("validate", () => {
    it("says what each entry matches, and that all is well", async () => {
      const { code, stdout, stderr } = await run(["validate"]);
      assert.deepEqual([code, stderr], [0, ""]);
      assert.equal(
        stdout,
        `ENTRY           VERSION  LAYER               FUNCTIONS
receipt-dynamo        5  receipt-dynamo-dev          2
receipt-label         2  receipt-label               1
INFO - layer_config.yaml is valid, and every declared version exists
`,
      );
    });

    it("finds versions that do not exist and entries that match nothing, by file and line", async () => {
      await stack.write({ "layer_config.yaml": `${config(9)}  other: {version: 1}\n` });
      const { code, stderr } = await run(["validate"]);
      assert.equal(code, 1);
      assert.match(
        stderr,
        /^ERROR - Layer version does not exist: \S+:receipt-dynamo-dev:9, declared at layer_config\.yaml:2\.$/m,
      );
      assert.match(stderr, /^WARNING - layer_config\.yaml:4: "other" matches no layer in the state of dev\.$/m);
      const json = await run(["validate", "--json"]);
      assert.deepEqual([json.code, JSON.parse(json.stdout).findings.length], [1, 3]);
    });
  });

  describe("update", () => {
    it("prints the lines of the Python tool", async () => {
      const { code, stdout, stderr } = await run([]);
      assert.equal(code, 0);
      const stamp = "\\d{8}_\\d{6}(_\\d+)?";
      const lines = [
        "INFO - Exporting stack state for dev",
        `INFO - State exported to: backups/dev_state_${stamp}\\.json`,
        "INFO - Function api: Layer receipt-dynamo-dev version 1 -> 5",
        "INFO - Function worker: Layer receipt-dynamo-dev version 2 -> 5",
        `INFO - State saved to: backups/dev_updated_${stamp}\\.json`,
        "INFO - Importing state for stack dev",
        "INFO - Pulumi state updated successfully",
      ];
      assert.match(stdout, new RegExp(`^${lines.join("\n")}\n$`));
      assert.match(stderr, /^WARNING - AWS was not touched/);
      assert.match(await stack.exportText(), /receipt-dynamo-dev:5/);
      assert.deepEqual(emulator.layersOf("worker"), [layer("receipt-dynamo-dev", 2)]);
    });

    it("moves the functions too with --sync-aws, in one JSON document", async () => {
      const { code, stdout } = await run(["--sync-aws", "--json"]);
      assert.equal(code, 0);
      const { changes, backup, aws } = JSON.parse(stdout);
      assert.deepEqual([changes.length, aws.changes.length], [2, 2]);
      assert.match(backup, /^backups\/dev_state_/);
      assert.deepEqual(
        aws.outcomes.map((one: { function: string; status: string }) => [one.function, one.status]).sort(),
        [
          ["api", "updated"],
          ["worker", "updated"],
        ],
      );
      assert.deepEqual(emulator.layersOf("api"), [layer("receipt-dynamo-dev", 5), layer("receipt-label", 3)]);
    });

    it("ends with 4 where AWS did not update a function, and names it", async () => {
      emulator.fault({
        operation: "UpdateFunctionConfiguration",
        resource: "api",
        status: 400,
        code: "InvalidParameterValueException",
        message: "no luck",
      });
      const { code, stdout, stderr } = await run(["--sync-aws", "--json"]);
      assert.equal(code, 4, stderr);
      assert.match(stderr, /^ERROR - 1 of 2 functions were not updated in AWS:\n {2}Function api .*no luck/m);
      const { aws } = JSON.parse(stdout);
      assert.equal(aws.outcomes.find((one: { function: string }) => one.function === "api").status, "failed");
      assert.deepEqual(emulator.layersOf("worker"), [layer("receipt-dynamo-dev", 5)]);
      emulator.clearFaults();
      assert.equal((await run(["--sync-aws"])).code, 0);
      assert.deepEqual(emulator.layersOf("api"), [layer("receipt-dynamo-dev", 5), layer("receipt-label", 3)]);
    });

    it("does every stack that it can, and ends with the first failure's exit status", async () => {
      const { code, stdout, stderr } = await run(["--stack", "none,dev", "--json"]);
      assert.equal(code, 6);
      const [none, dev] = JSON.parse(stdout);
      assert.deepEqual(
        [none.stack, none.error.code, dev.stack, dev.changes.length],
        ["none", "stack-missing", "dev", 2],
      );
      assert.match(stderr, /^ERROR - State file not found: Pulumi has no stack none here/);
    });

    it("tells with --verbose each Pulumi command and each call to AWS", async () => {
      const { stderr } = await run(["--sync-aws", "--dry-run", "-v"]);
      assert.match(stderr, /^DEBUG - pulumi stack export --stack=dev: exit code 0, \d+\.\d{3} s$/m);
      assert.match(stderr, /^DEBUG - AWS GetFunction \S+:api: ok, \d+\.\d{3} s$/m);
      assert.match(stderr, /^DEBUG - AWS GetLayerVersion \S+: ok, \d+\.\d{3} s$/m);
    });

    it("shows on a terminal that long work goes on, and elsewhere nothing of the kind", async () => {
      emulator.configure({ updateDelayMs: 1500 });
      const { code, screen } = await cliOnTerminal(["--sync-aws", "--yes"], {
        cwd: stack.dir,
        env: stack.env,
        columns: 80,
      });
      assert.equal(code, 0, screen);
      const title = "Updating Lambda functions";
      assert.match(screen, /Updating Lambda functions \S+ 1\/2/);
      // The line is erased in the end.
      assert.ok(screen.lastIndexOf("\u001B[0K") > screen.lastIndexOf(title));
      emulator.edit("api", { Layers: ["receipt-dynamo-dev:1"] });
      const { output } = await run(["--sync-aws"]);
      assert.match(output, /Function api: Layer receipt-dynamo-dev version 1 -> 5/);
      assert.ok(!output.includes(title));
    });

    const signals = {
      "Ctrl-C": "SIGINT",
      "an end of the job": "SIGTERM",
      "the loss of its terminal": "SIGHUP",
    } as const;
    for (const [name, signal] of Object.entries(signals)) {
      it(`stops between two steps on ${name}, and says what was done and what was not`, async () => {
        const before = await stack.exportText();
        const running = startCli(["--sync-aws"], { cwd: stack.dir, env: stack.env, group: true });
        await running.printed(/State saved to/);
        running.kill(signal);
        const { code, stderr } = await running.ended;
        assert.equal(code, 130);
        assert.match(stderr, /^WARNING - Interrupted\. Nothing was imported: the stack's state is as it was\.$/m);
        assert.equal(await stack.exportText(), before);
      });
    }

    it("ends what Lambda has begun before it stops, but not after a second Ctrl-C", async () => {
      emulator.configure({ updateDelayMs: 3_600_000 });
      const start = () => startCli(["--sync-aws", "-v"], { cwd: stack.dir, env: stack.env, group: true });
      const patient = start();
      await patient.printed(/AWS UpdateFunctionConfiguration/);
      patient.kill("SIGINT");
      await patient.printed(/Stopping as soon as the step under way is done\. Press Ctrl-C again to stop at once\./);
      emulator.configure({ updateDelayMs: 0 });
      await patient.ended;
      assert.ok(emulator.functions().some(({ layers }) => layers.includes(layer("receipt-dynamo-dev", 5))));

      emulator.edit("api", { Layers: ["receipt-dynamo-dev:1"] });
      emulator.configure({ updateDelayMs: 3_600_000 });
      const impatient = start();
      await impatient.printed(/AWS UpdateFunctionConfiguration/);
      impatient.kill("SIGINT");
      await impatient.printed(/Press Ctrl-C again/);
      impatient.kill("SIGINT");
      const { code, signal } = await impatient.ended;
      assert.deepEqual([code, signal], [130, null]);
      emulator.configure({ updateDelayMs: 0 });
    });
  });

  describe("rollback", () => {
    it("puts the versions back, of the state and of the functions", async () => {
      await run(["--sync-aws"]);
      const dryRun = await run(["rollback", "--dry-run", "--sync-aws"]);
      assert.match(
        dryRun.stdout,
        /^INFO - Found 2 layer version updates:\n {2}- Function api: Layer receipt-dynamo-dev version 5 -> 1$/m,
      );
      const { code, stdout } = await run(["rollback", "--yes", "--sync-aws", "--json"]);
      assert.deepEqual([code, JSON.parse(stdout).changes.length], [0, 2]);
      assert.deepEqual(emulator.layersOf("worker"), [layer("receipt-dynamo-dev", 2)]);
    });

    it("asks on a terminal, after it has told what will change", async () => {
      await run([]);
      const before = await stack.exportText();
      const rollBack = (keys: string) =>
        cliOnTerminal(["rollback"], { cwd: stack.dir, env: stack.env, columns: 100, typed: [[/\[y\/N\]/, keys]] });
      const no = await rollBack("n\r");
      assert.equal(no.code, 130);
      const asked = no.screen.indexOf("Put back 2 layer versions in the state of stack dev? [y/N]");
      assert.ok(asked > no.screen.indexOf("Function worker: Layer receipt-dynamo-dev version 5 -> 2"), no.screen);
      assert.equal(await stack.exportText(), before);
      const yes = await rollBack("y\r");
      assert.equal(yes.code, 0, yes.screen);
      assert.match(await stack.exportText(), /receipt-dynamo-dev:1/);
    });

    it("replaces the whole state with --full", async () => {
      await run([]);
      const { code, stderr } = await run(["rollback", "--full", "--yes"]);
      assert.equal(code, 0, stderr);
      assert.match(stderr, /^WARNING - The whole state is replaced/m);
      assert.match(await stack.exportText(), /receipt-dynamo-dev:1/);
    });
  });

  describe("backups", () => {
    it("lists what there is, newest first", async () => {
      await run([]);
      const [lines, json] = await Promise.all([run(["backups", "list"]), run(["backups", "list", "--json"])]);
      const documents = JSON.parse(json.stdout);
      assert.equal(documents.length, (await backups()).length);
      const [newest] = documents.filter((one: { kind: string }) => one.kind === "state");
      assert.deepEqual(Object.keys(newest), ["stack", "kind", "madeBy", "time", "bytes", "file"]);
      assert.deepEqual([newest.stack, newest.madeBy], ["dev", "update"]);
      assert.match(lines.stdout, /^STACK +KIND +BY +WHEN +SIZE +FILE\n/);
      assert.match(
        lines.stdout,
        /^dev +state +update +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +\d+\.\d KB +backups\/dev_state_\S+$/m,
      );
      assert.equal((await run(["backups", "list", "--stack", "other"])).stdout, "INFO - There are no backups\n");
    });

    it("removes old ones, but never the newest", async () => {
      await run([]);
      const old = { "backups/dev_state_20200101_000000.json": "{}", "backups/dev_updated_20200101_000000.json": "{}" };
      await stack.write(old);
      const count = (await backups()).length;
      const dryRun = await run(["backups", "prune", "--dry-run"]);
      assert.deepEqual([dryRun.code, (await backups()).length], [0, count]);
      assert.match(dryRun.stdout, /^INFO - Found 2 backup files older than 30 days:\n {2}- backups\/dev_/);
      const { code, stdout } = await run(["backups", "prune", "--yes", "--json"]);
      const { remove, keep, retentionDays } = JSON.parse(stdout);
      assert.deepEqual([code, remove.length, keep.length, retentionDays], [0, 2, count - 2, 30]);
      assert.equal((await backups()).length, count - 2);
      const all = await run(["backups", "prune", "--yes", "--retention-days", "0", "--json"]);
      assert.ok(JSON.parse(all.stdout).keep.length >= 2);
    });
  });
});
