import assert from "node:assert/strict";
import { utimes } from "node:fs/promises";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../emulator";
import { configFor, taggedFleet } from "../ops/fleet-harness";
import { cliOnTerminal, Folder, plainEnvironment } from "./harness";

const arnIn = (region: string, name: string) => `arn:aws:lambda:${region}:123456789012:function:${name}`;

describe("lambda-layers sync", function () {
  this.timeout(60_000);
  let emulator: Emulator;
  let folder: Folder;
  beforeEach(async () => {
    emulator = await startEmulator();
    emulator.seed(taggedFleet(5));
    folder = await Folder.create({ "layer_config.yaml": configFor(2) });
  });
  afterEach(async () => {
    await folder.dispose();
    await emulator.close();
  });

  // The shell's commands are on its PATH, but not Pulumi.
  const env = () => {
    const plain = plainEnvironment(folder.path);
    return { ...plain, ...emulator.env, PATH: `${plain.PATH}:/usr/bin:/bin` };
  };
  const sync = (...args: string[]) => folder.cli(["sync", "--rate", "1000", ...args], { env: env() });
  const versions = () =>
    emulator
      .functions()
      .map(({ layers }) => layers[1]?.split(":").at(-1))
      .join("");
  const refuse = (name: string) =>
    emulator.fault({ operation: "UpdateFunctionConfiguration", resource: name, status: 400, message: "no luck" });

  it("needs --yes if nobody can be asked, and calls AWS only after that", async () => {
    const { code, stdout, stderr } = await sync("--all-functions");
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(
      stderr,
      /^ERROR - This command needs confirmation, and there is no terminal to ask on\. Nothing was changed\.\nTo see what it would do: lambda-layers sync --rate 1000 --all-functions --dry-run\. To confirm: lambda-layers sync --rate 1000 --all-functions --yes$/m,
    );
    assert.deepEqual(emulator.counts(), {});
  });

  for (const args of [["--all-functions"], ["--tag", "environment=dev"], ["-f", "fn-0000", "-f", "fn-0003"]]) {
    it(`needs no Pulumi with ${args.join(" ")}`, async () => {
      const { code, stdout, output } = await sync(...args, "--yes");
      assert.equal(code, 0, output);
      const names = emulator.writes().map(({ resource }) => resource);
      assert.deepEqual(names.length, args[0] === "-f" ? 2 : 5);
      for (const name of names) assert.ok(stdout.includes(`  - Function ${name}: Layer base version 1 -> 2\n`));
      assert.match(stdout, /^INFO - Run record: backups\/dev_sync_\d{8}_\d{6}\.jsonl\n/);
      assert.match(stdout, new RegExp(`^INFO - Lambda functions: ${names.length} updated\n`, "m"));
    });
  }

  it("is finished and rolled back by its record although the config is broken by now, and removes no backups", async () => {
    refuse("fn-0001");
    const run = await sync("--all-functions", "--yes");
    const [, record = ""] = /Run record: (\S+)/.exec(run.stdout) ?? [];
    emulator.clearFaults();
    const old = "backups/dev_state_20200101_000000.json";
    const long = new Date("2020-01-01T00:00:00");
    await folder.write({ "layer_config.yaml": "layers: [\n", [old]: "{}" });
    await utimes(join(folder.path, old), long, long);
    const warning = "WARNING - layer_config.yaml is not valid, and not needed for this. To see what is wrong: ";
    const resumed = await sync("--resume", record, "--yes");
    assert.deepEqual([resumed.code, versions()], [0, "22222"], resumed.output);
    assert.ok(resumed.stderr.includes(warning), resumed.stderr);
    const back = await folder.cli(["rollback", "--sync-aws", "--yes", record], { env: env() });
    assert.deepEqual([back.code, versions()], [0, "11111"], back.output);
    assert.ok(back.stderr.includes(warning), back.stderr);
    assert.equal(await folder.read(old), "{}");
    const named = await sync("--resume", record, "--yes", "--config", "layer_config.yaml");
    assert.deepEqual([named.code, named.stderr.includes("layer_config.yaml has a problem")], [2, true], named.stderr);
  });

  it("says that nothing was changed if its record cannot be written", async () => {
    const { code, stderr } = await sync("--all-functions", "--yes", "--backup-dir", "layer_config.yaml/x");
    assert.equal(code, 1);
    assert.match(stderr, /^ERROR - The backup folder layer_config\.yaml\/x .* Nothing was changed\.$/m);
    assert.deepEqual(emulator.writes(), []);
  });

  for (const args of [
    ["--all-functions", "--region", "us-west-99"],
    ["--all-functions", "--stack", "nosuch"],
    ["--all-functions", "--stack", "nosuch", "--shard", "1/2"],
    ["--tag", "team=nosuch"],
    ["--tag", "team=nosuch", "-f", "fn-0000"],
  ]) {
    for (const look of [[], ["--dry-run"], ["--expect-no-changes"]]) {
      it(`refuses ${[...args, ...look].join(" ")}, which selects no function`, async () => {
        const { code, stderr } = await sync(...args, ...(look.length > 0 ? look : ["--yes"]));
        assert.equal(code, 2);
        assert.match(stderr, /^ERROR - No function has the tag .+ Nothing was changed\.$/m);
      });
    }
  }

  for (const [args, message] of [
    [["-f", ""], /^ERROR - option .* is invalid\. It is empty/m],
    [
      ["-f", arnIn("eu-west-1", "far"), "--region", "us-east-1"],
      /^ERROR - Function far is in eu-west-1, but this run is for us-east-1\./m,
    ],
    [
      ["--all-functions", "-f", "untagged"],
      /^ERROR - No function untagged found with the tag environment=dev or pulumi:stack=dev in AWS in us-east-1\./m,
    ],
  ] as const) {
    it(`refuses ${args.join(" ")}, which selects nothing`, async () => {
      emulator.seed({ functions: [{ name: "untagged", layers: ["base:1"] }] });
      const { code, stderr } = await sync(...args, "--dry-run");
      assert.match(stderr, message);
      assert.equal(code, 2);
    });
  }

  it("advises the command that shows what it has found", async () => {
    const { code, stderr } = await sync("--all-functions", "-e", "fn-0001", "--shard", "1/1", "--expect-no-changes");
    assert.equal(code, 7);
    assert.match(stderr, /change: lambda-layers sync --stack dev -e fn-0001 --all-functions --shard 1\/1 --dry-run$/m);
  });

  it("ends with 0 if all selected functions are excluded", async () => {
    const names = emulator.functions().flatMap(({ name }) => ["-e", name]);
    const { code, output } = await sync("--all-functions", ...names, "--yes");
    assert.equal(code, 0, output);
    assert.deepEqual(emulator.writes(), []);
  });

  it("needs Pulumi if no functions are named", async () => {
    const { code, stderr } = await sync("--yes");
    assert.equal(code, 2);
    assert.match(stderr, /^ERROR - .*Pulumi/);
  });

  it("prints one JSON document, with outcomes and calls", async () => {
    refuse("fn-0004");
    const { code, stdout, stderr } = await sync("--all-functions", "--yes", "--json");
    assert.equal(code, 4);
    const { stack, dryRun, changes, skipped, backup, aws } = JSON.parse(stdout);
    assert.deepEqual([stack, dryRun, changes, skipped, backup], ["dev", false, [], [], null]);
    assert.equal(aws.changes.length, 5);
    const outcomes = aws.outcomes.map((one: { function: string; status: string }) => `${one.function} ${one.status}`);
    const updated = ["fn-0000", "fn-0001", "fn-0002", "fn-0003"].map((name) => `${name} updated`);
    assert.deepEqual(outcomes, [...updated, "fn-0004 failed"]);
    assert.match(aws.outcomes[4].reason, /no luck/);
    assert.deepEqual(aws.calls, emulator.counts());
    assert.deepEqual([aws.aliases, aws.published], [[], []]);
    assert.match(aws.record, /^backups\/dev_sync_/);
    assert.match(stderr, /^ERROR - 1 of 5 functions were not updated in AWS\.\n {2}Function fn-0004 was not updated/m);
  });

  it("shows a dry run, and writes nothing", async () => {
    const { code, stdout } = await sync("--all-functions", "--dry-run");
    assert.equal(code, 0);
    assert.match(
      stdout,
      /^INFO - Found 5 layer version updates in AWS:\n {2}- Function fn-0000: Layer base version 1 -> 2\n/,
    );
    assert.deepEqual(emulator.writes(), []);
    assert.deepEqual(await folder.files(), ["layer_config.yaml"]);
  });

  it("exits with 7 on drift with --expect-no-changes, and with 0 without", async () => {
    const drifted = await sync("--all-functions", "--expect-no-changes");
    assert.equal(drifted.code, 7);
    assert.match(drifted.stderr, /^ERROR - Stack dev has drifted: 5 of 15 layers of functions are not as declared\.$/m);
    await sync("--all-functions", "--yes");
    assert.equal((await sync("--all-functions", "--expect-no-changes")).code, 0);
  });

  it("resumes the newest run, and rolls a run back", async () => {
    refuse("fn-0002");
    const first = await sync("--all-functions", "--yes", "--on-failure", "stop");
    assert.equal(first.code, 4);
    assert.match(
      first.stderr,
      /Attempt the others: {3}lambda-layers sync --stack dev --resume backups\/dev_sync_\S+\.jsonl --on-failure stop$/m,
    );
    emulator.clearFaults();
    const { code, output } = await sync("--resume", "--yes");
    assert.equal(code, 0, output);
    assert.equal(versions(), "22222");

    const [record = ""] = (await folder.files()).filter((name) => name.endsWith(".jsonl"));
    const rollback = (...args: string[]) => folder.cli(["rollback", record, ...args], { env: env() });
    // An advised command works, and none is advised that does not.
    const missing = /No backup made by an update was found for stack dev\./;
    const advised = new RegExp(
      `To roll back .*: lambda-layers rollback --stack dev --sync-aws ${record.replaceAll(".", "\\.")}$`,
      "m",
    );
    for (const [words, code] of [
      [["rollback", "--sync-aws", "--canary", "1"], 2],
      [["rollback", "--sync-aws", "--yes"], 1],
    ] as const) {
      const none = await folder.cli(words, { env: env() });
      assert.equal(none.code, code);
      assert.match(none.stderr, missing);
      assert.match(none.stderr, advised);
      assert.doesNotMatch(none.stderr, /To confirm/);
    }
    const unclear = await rollback("--yes");
    assert.equal(unclear.code, 2);
    assert.match(unclear.stderr, /needs --sync-aws/);
    const listed = await folder.cli(["backups", "list"], { env: env() });
    assert.match(listed.stdout, /^dev +sync +sync .* backups\/dev_sync_/m);
    emulator.edit("fn-0001", { Layers: ["base:5"] });
    const back = await rollback("--sync-aws", "--yes", "--json");
    assert.equal(back.code, 0, back.output);
    assert.equal(JSON.parse(back.stdout).aws.outcomes.length, 4);
    assert.match(back.stderr, /^WARNING - Function fn-0001 is skipped: someone else has since changed layer base/m);
    assert.equal(emulator.layersOf("fn-0000")[1]?.split(":").at(-1), "1");
  });

  it("rolls out with a canary, batches and checks", async () => {
    const args = [
      "--all-functions",
      "--yes",
      "--canary",
      "1",
      "--batch",
      "50%",
      "--check",
      "cat >> seen; echo CHECKED; test ! -e stop",
    ];
    const { code, stdout, stderr } = await sync(...args);
    assert.equal(code, 0, stderr);
    const checks = (await folder.read("seen")).split("}").length - 1;
    assert.equal(checks, 3);
    assert.match(stderr, /^CHECKED$/m);
    assert.doesNotMatch(stdout, /^CHECKED$/m);
    await folder.write({ stop: "", "layer_config.yaml": configFor(3) });
    const stopped = await sync(...args);
    assert.equal(stopped.code, 4);
    assert.match(
      stopped.stderr,
      /^WARNING - The run stopped: the check after the first function failed \(exit code 1\)/m,
    );
    assert.equal(stopped.stderr.split("the check after").length, 2, stopped.stderr);
    assert.equal(versions(), "22222");
    const limited = await sync("--all-functions", "--yes", "--max-changes", "4");
    assert.equal(limited.code, 1);
    assert.match(limited.stderr, /--max-changes allows only 4\. Nothing was changed\./);
  });

  it("asks on a terminal, shows its progress, and asks again after the canary", async () => {
    emulator.configure({ updateDelayMs: 1200 });
    const args = ["sync", "--rate", "1000", "--all-functions", "--canary", "1"];
    const typed = [
      [/Update 5 layers of functions, in 5 functions in us-east-1\? \[y\/N\] $/, "y\r"],
      [/Continue with the other 4\? \[y\/N\] $/, "y\r"],
    ] as const;
    const { code, screen } = await cliOnTerminal(args, { cwd: folder.path, env: env(), columns: 100, typed });
    assert.equal(code, 0, screen);
    assert.match(screen, /Updating Lambda functions .*1\/5, \d+\.\d\/s, .*left/);
    assert.equal(versions(), "22222");
  });

  it("does not know whether anything is left of a run that publishes", async () => {
    const fault = { operation: "PublishVersion", resource: "fn-0001", status: 400 } as const;
    emulator.fault({ ...fault, code: "InvalidParameterValueException", message: "no luck" });
    const first = await sync("--all-functions", "--publish", "--yes");
    assert.equal(first.code, 4, first.output);
    const [record = ""] = /backups\/dev_sync_\S+\.jsonl/.exec(first.output) ?? [];
    emulator.clearFaults();
    const { code, stderr } = await sync("--resume", record, "--expect-no-changes");
    assert.equal(code, 1, stderr);
    assert.match(stderr, /^ERROR - What is left to publish is known only once the run continues\.$/m);
  });

  it("exits with 130 if the canary is not confirmed", async () => {
    const args = ["sync", "--rate", "1000", "--all-functions", "--canary", "1"];
    const typed = [
      [/in us-east-1\? \[y\/N\] $/, "y\r"],
      [/Continue with the other 4\? \[y\/N\] $/, "n\r"],
    ] as const;
    const { code, screen } = await cliOnTerminal(args, { cwd: folder.path, env: env(), columns: 100, typed });
    assert.equal(code, 130, screen);
    assert.equal(versions(), "21111");
  });

  for (const [args, message] of [
    [["--resume", "--all-functions"], /--resume cannot be combined with options that/],
    [["--resume", "x.jsonl", "--stack", "dev,prod"], /Name one stack/],
    [["--alias", "live", "--all-functions"], /needs --publish/],
    [["--regions", "a,b", "--region", "a"], /cannot be combined/],
    [["--profiles", "a,b", "--profile", "a"], /cannot be combined/],
    [["--canary", "0"], /Write a number of functions of 1 or more, such as 5, or a share, such as 10%/],
    [["--shard", "3/2"], /Write a part and the number of parts/],
    [["--on-failure", "panic"], /Write continue, stop or rollback/],
    [["--max-changes", "-1"], /Write a whole number of 0 or more/],
    [["--pause", "soon"], /Write a number of 0 or more/],
    [["--regions", "a,,b"], /Name one region, or several/],
  ] as const) {
    it(`refuses ${args.join(" ")}`, async () => {
      const { code, stderr } = await sync(...args, "--yes");
      assert.equal(code, 2);
      assert.match(stderr, message);
      assert.deepEqual(emulator.counts(), {});
    });
  }
});
