import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { base, useAws } from "../aws/harness";
import { fakeCommand } from "../support/fakes";
import { awsFunction, layer, stateOf } from "../support/states";
import { Folder, plainEnvironment } from "./harness";

// A Pulumi whose stack is a file: the subject is how carefully live functions are moved.
const pulumi = `const { copyFileSync, readFileSync } = require("fs");
const words = process.argv.slice(2).join(" ");
const { file } = /--file[ =](?<file>[^ ]+)/.exec(words)?.groups ?? {};
if (words.includes("stack import")) copyFileSync(file, "dev.json");
else if (words.includes("stack export")) process.stdout.write(readFileSync("dev.json"));`;

describe("lambda-layers with live functions, carefully,", function () {
  this.timeout(60_000);
  const aws = useAws();
  let folder: Folder;
  const names = ["a", "b", "c", "d"];

  beforeEach(async () => {
    folder = await Folder.create({ "layer_config.yaml": "layers: { base: { version: 2 } }\n" });
    await folder.write({ "dev.json": stateOf(names.map((name) => awsFunction(name, [layer("base", 1)]))) });
    await fakeCommand(join(folder.path, "bin"), "pulumi", pulumi);
    aws.emulator.seed({
      layers: [{ name: "base", versions: 3 }],
      functions: names.map((name) => ({ name, layers: ["base:1"] })),
    });
  });
  afterEach(() => folder.dispose());

  const run = (...args: string[]) => {
    const plain = plainEnvironment(folder.path);
    const PATH = [join(folder.path, "bin"), plain.PATH].join(delimiter);
    return folder.cli([...args, "--rate", "1000"], { env: { ...plain, ...aws.emulator.env, PATH } });
  };
  const live = () => names.map((name) => aws.emulator.layersOf(name)[0]?.split(":").at(-1)).join("");
  const recorded = async () => {
    const text = await readFile(join(folder.path, "dev.json"), "utf8");
    const { deployment } = JSON.parse(text);
    return deployment.resources.map((one: { outputs: { layers: string[] } }) => one.outputs.layers[0]?.at(-1)).join("");
  };
  const refuse = (resource: string) =>
    aws.emulator.fault({
      ...{ operation: "UpdateFunctionConfiguration", resource, status: 400 },
      ...{ code: "InvalidParameterValueException", message: "no luck" },
    });

  it("roll back an update whose check fails, in AWS and in the state, and list both", async () => {
    const { code, stdout, stderr } = await run("--sync-aws", "--canary", "1", "--batch", "2", "--check", "false");
    assert.equal(code, 4, stderr);
    assert.deepEqual([live(), await recorded()], ["1111", "1111"]);
    assert.match(stderr, /^ERROR - 3 of 4 functions were not attempted\.$/m);
    assert.match(stdout, /^INFO - Rolling back 4 layers of functions in the state of dev$/m);
    for (const name of names)
      assert.match(stdout, new RegExp(`^INFO - Function ${name}: Layer base version 2 -> 1$`, "m"));
    assert.match(stdout, /^INFO - Lambda functions: 1 updated and rolled back, 3 not attempted$/m);
  });

  it("say after a run that was rolled back what the config still declares, and how to start anew", async () => {
    const carefully = ["--canary", "1", "--check", "false"];
    const start = "Start a new one: lambda-layers";
    const declare = `lambda-layers upgrade base --to 1`;
    const declared = `WARNING - layer_config.yaml:1 still declares version 2 of base, so the next update restores it. To declare version 1 for all stacks: ${declare}, or only for this one: ${declare} --stack dev`;
    for (const [begun, again] of [
      [["--sync-aws"], "--stack dev --sync-aws"],
      [["sync", ...names.flatMap((name) => ["-f", name]), "--yes"], "sync --stack dev"],
    ] as const) {
      const failed = await run(...begun, ...carefully);
      assert.equal(failed.code, 4, failed.stderr);
      assert.ok(failed.stderr.includes(declared), failed.stderr);
      // The run itself says how it started; whether the record names it explicitly or not.
      const { stderr } = await run("sync", "--resume", "--yes");
      assert.ok(stderr.includes(`${start} ${again}\n`), stderr);
    }
    const { stderr } = await run("--sync-aws", "--resume");
    assert.ok(stderr.includes(`${start} --stack dev --sync-aws\n`), stderr);
  });

  it("say the same of a resumed run that was rolled back", async () => {
    refuse("d");
    await run("--sync-aws", "--on-failure", "stop");
    const again = await run("--sync-aws", "--resume", "--canary", "1", "--check", "false");
    assert.equal(again.code, 4, again.stderr);
    assert.match(again.stderr, /^WARNING - layer_config.yaml:1 still declares version 2 of base, /m);
    assert.match(again.stderr, /^WARNING - The run stopped: .*the next function /m);
  });

  it("finish an update that stopped at a failure with --resume", async () => {
    refuse("a");
    const stopped = await run("--sync-aws", "--canary", "1", "--on-failure", "stop");
    assert.equal(stopped.code, 4, stopped.stderr);
    assert.deepEqual([live(), await recorded()], ["1111", "2222"]);
    const [, command = ""] = /^Attempt the others: +lambda-layers (.*)$/m.exec(stopped.stderr) ?? [];
    aws.emulator.clearFaults();
    const dry = await run("--sync-aws", "--resume", "--dry-run");
    assert.match(dry.stdout, /^INFO - Found 4 layer version updates in AWS:$/m);
    const { code, stderr } = await run("--sync-aws", "--resume");
    assert.equal(code, 0, stderr);
    assert.deepEqual([live(), await recorded()], ["2222", "2222"]);
    assert.match(command, /^sync --stack dev --resume backups\/dev_sync_\S+\.jsonl --canary 1 --on-failure stop$/);
    assert.equal((await run(...command.split(" "), "--yes")).code, 0);
  });

  it("stop a rollback at a failed canary, and finish it with --resume", async () => {
    await run("--sync-aws");
    refuse("a");
    const args = ["rollback", "--sync-aws", "--yes"];
    const stopped = await run(...args, "--canary", "1");
    assert.equal(stopped.code, 4, stopped.stderr);
    assert.deepEqual([live(), await recorded()], ["2222", "1111"]);
    assert.match(
      stopped.stderr,
      /^Roll back the others: lambda-layers rollback --stack dev --sync-aws backups\/dev_sync_/m,
    );
    aws.emulator.clearFaults();
    const { code, stderr } = await run(...args, "--resume");
    assert.equal(code, 0, stderr);
    assert.equal(live(), "1111");
  });

  it("refuse a plan that is larger than expected, before anything is written", async () => {
    for (const args of [["--sync-aws"], ["sync", "--yes"]]) {
      const { code, stderr } = await run(...args, "--max-changes", "3");
      assert.equal(code, 1);
      assert.match(
        stderr,
        /The plan changes 4 layers of functions in AWS, but --max-changes allows only 3\. Nothing was changed\.$/m,
      );
    }
    assert.deepEqual([live(), await recorded()], ["1111", "1111"]);
    assert.ok(!(await readdir(folder.path)).includes("backups"));
  });

  it("move functions with --skip-preflight although a layer version cannot be looked up", async () => {
    aws.emulator.deny({ action: "lambda:GetLayerVersion" });
    const refused = await run("--sync-aws");
    assert.equal(refused.code, 3, refused.stderr);
    assert.deepEqual([live(), await recorded()], ["1111", "1111"]);
    aws.emulator.allowAll();
    aws.emulator.deny({ action: "iam:SimulatePrincipalPolicy" });
    aws.emulator.resetCounts();
    const { code, stderr } = await run("--sync-aws", "--skip-preflight");
    assert.equal(code, 0, stderr);
    assert.equal(aws.emulator.counts().GetLayerVersion, undefined);
    assert.deepEqual(aws.emulator.layersOf("a"), [base(2)]);
  });
});
