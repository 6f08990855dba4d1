import assert from "node:assert/strict";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { compareStates } from "../../sdk/core/state/compare";
import { assertReplaces, backupNames, importState, layer, plaintext, update, useStack } from "./harness";

const config = `layers:
  receipt-dynamo: { version: 5 }
  receipt-label: { version: 3 }
`;

const program = `
fn("my-function-1", { layers: [layer("receipt-dynamo-dev", 1), layer("unrelated", 1)] });
fn("my-function-2", { layers: [layer("unrelated", 2), layer("receipt-dynamo-dev", 2)] });
fn("my-function-3", {
  layers: [layer("receipt-label-dev", 1)],
  tags: { note: layer("receipt-label-dev", 1) },
  environment: { variables: { LAYER: layer("receipt-label-dev", 1), TOKEN: pulumi.secret("${plaintext}") } },
});
fn("with-secret-layers", { layers: pulumi.secret([layer("receipt-dynamo-dev", 1)]) });
fn("without-layers");
`;

const changes = [
  "Function my-function-1: Layer receipt-dynamo-dev version 1 -> 5",
  "Function my-function-2: Layer receipt-dynamo-dev version 2 -> 5",
  "Function my-function-3: Layer receipt-label-dev version 1 -> 3",
];
const skippedLine = "WARN - Function with-secret-layers is skipped: its layers are a secret in the state.";

describe("an update of a live stack", function () {
  this.timeout(60_000);
  const deployed = useStack(program, { files: { "layer_config.yaml": config } });
  beforeEach(() => deployed.reset());

  const backup = (name: string) => readFile(join(deployed.project.dir, "backups", name), "utf8");

  it("prints in a dry run what the README shows, and writes no file at all", async () => {
    const { project, emulator } = deployed;
    const files = async () => [
      await readdir(project.dir),
      await readdir(join(project.root, "state"), { recursive: true }),
    ];
    const before = await files();
    const { lines, commands, result } = await update(project, { dryRun: true });
    assert.deepEqual(lines, [
      skippedLine,
      "INFO - Found 3 layer version updates:",
      ...changes.map((line) => `  - ${line}`),
    ]);
    assert.deepEqual(commands, ["stack export"]);
    assert.deepEqual(await files(), before);
    assert.deepEqual(emulator.counts(), {});
    assert.equal(result?.dryRun, true);
    assert.equal(result?.backup, null);
  });

  it("prints what the README shows, and returns what --json prints", async () => {
    const { project, emulator } = deployed;
    const { lines, commands, result } = await update(project);
    const [state = "", updated = ""] = await backupNames(project);
    assert.match(state, /^dev_state_\d{8}_\d{6}\.json$/);
    assert.match(updated, /^dev_updated_\d{8}_\d{6}\.json$/);
    assert.deepEqual(lines, [
      "INFO - Exporting stack state for dev",
      skippedLine,
      `INFO - State exported to: backups/${state}`,
      ...changes.map((line) => `INFO - ${line}`),
      `INFO - State saved to: backups/${updated}`,
      "INFO - Importing state for stack dev",
      "INFO - Pulumi state updated successfully",
      "WARN - AWS was not touched: live functions keep their layers until they are updated with --sync-aws.",
      "WARN - If the program sets layer versions itself, the next `pulumi up` restores those. Change them in the program too, or pin them there (LayerVersions, in Python pin_layers()). To check: pulumi preview --stack dev",
    ]);
    assertReplaces(commands);
    const arn = "arn:aws:lambda:us-east-1:123456789012:layer:receipt-dynamo-dev";
    const change = (name: string, from: number) => ({
      function: name,
      urn: `urn:pulumi:dev::test::aws:lambda/function:Function::${name}`,
      layer: "receipt-dynamo-dev",
      arn,
      region: "us-east-1",
      from,
      to: 5,
      target: `${arn}:5`,
    });
    assert.deepEqual(result?.changes.slice(0, 2), [change("my-function-1", 1), change("my-function-2", 2)]);
    const { changes: _, ...others } = result ?? { changes: [] };
    assert.deepEqual(others, {
      format: 2,
      stack: "dev",
      project: "test",
      totals: { functions: 4, layersOfFunctions: 6, drift: 0, unknown: 1 },
      dryRun: false,
      skipped: [{ function: "with-secret-layers", reason: "its layers are a secret in the state" }],
      backup: `backups/${state}`,
    });
    assert.deepEqual(emulator.counts(), {});
  });

  it("changes the digits of layer versions, and no other byte", async () => {
    const { project, original } = deployed;
    await update(project);
    const [state = "", updated = ""] = await backupNames(project);
    const before = await backup(state);
    const after = await backup(updated);
    assert.deepEqual(compareStates(Buffer.from(original), Buffer.from(before)), []);
    // The same state with its versions edited in a simple way: in functions, in the property "layers", before
    // "loggingConfig".
    const expected = before.replace(/"layers": \[[^\]]*\]/g, (list) =>
      list.replace(/(receipt-dynamo-dev:)\d+/g, "$15").replace(/(receipt-label-dev:)\d+/g, "$13"),
    );
    assert.notEqual(after, before);
    assert.equal(after, expected);
    assert.deepEqual(compareStates(Buffer.from(after), Buffer.from(await project.stateText())), []);
  });

  it("keeps its files for their owner, and secrets as ciphertext in each of them and in all its output", async () => {
    const { project } = deployed;
    const { lines, result } = await update(project);
    const folder = join(project.dir, "backups");
    assert.equal((await stat(folder)).mode & 0o777, 0o700);
    const names = await backupNames(project);
    assert.equal(names.length, 2);
    for (const name of names) {
      assert.equal((await stat(join(folder, name))).mode & 0o777, 0o600);
      assert.match(await backup(name), /"ciphertext"/);
      assert.doesNotMatch(await backup(name), new RegExp(plaintext));
    }
    assert.doesNotMatch(JSON.stringify({ lines, result }), new RegExp(plaintext));
  });

  it("has nothing to do the second time", async () => {
    const { project } = deployed;
    await update(project);
    const names = await backupNames(project);
    const { lines, commands, result } = await update(project);
    assert.deepEqual(commands, ["stack export"]);
    assert.deepEqual(lines, [
      "INFO - Exporting stack state for dev",
      skippedLine,
      "INFO - Found no layer version updates",
    ]);
    assert.deepEqual(result?.changes, []);
    assert.equal(result?.backup, null);
    assert.deepEqual(await backupNames(project), names);
  });

  it("can be undone with the README's own command", async () => {
    const { project, original } = deployed;
    await update(project);
    const [state] = await backupNames(project);
    await project.succeeds(["stack", "import", "--stack", "dev", "--file", `backups/${state}`]);
    assert.deepEqual(compareStates(Buffer.from(original), Buffer.from(await project.stateText())), []);
    assert.match((await project.preview("--expect-no-changes")).output, /unchanged/);
  });

  it("updates the named functions, without the excluded ones", async () => {
    const { project } = deployed;
    const functions = ["my-function-1", "my-function-2"];
    const { result } = await update(project, { dryRun: true, functions, exclude: ["my-function-2"] });
    assert.deepEqual(
      result?.changes.map(({ function: name }) => name),
      ["my-function-1"],
    );
    assert.deepEqual(result?.skipped, [{ function: "my-function-2", reason: "excluded" }]);
    for (const options of [{ functions: ["my-functoin-1"] }, { exclude: ["my-functoin-1"] }]) {
      const { error } = await update(project, options);
      assert.deepEqual(
        [error?.exitStatus, error?.message, error?.next],
        [2, "No function my-functoin-1 found in the state of dev. Nothing was changed.", "Did you mean my-function-1?"],
      );
    }
  });

  it("keeps a deployment at version 4", async () => {
    const { project, original } = deployed;
    const state = JSON.parse(original);
    const features = ["refreshBeforeUpdate"];
    const resources = state.deployment.resources.map((one: { custom: boolean; type: string }) =>
      one.type.endsWith(":Function") ? { ...one, refreshBeforeUpdate: true } : one,
    );
    await importState(
      project,
      JSON.stringify({ version: 4, features, deployment: { ...state.deployment, resources } }),
    );
    assert.equal((await project.exportStack()).version, 4);
    const { error, result } = await update(project);
    assert.equal(error, undefined);
    assert.equal(result?.changes.length, 3);
    assert.match(await project.stateText(), new RegExp(layer("receipt-label-dev", 3)));
    assert.equal((await project.exportStack()).version, 4);
  });

  it("uses a stack's full name for its files if that was given", async () => {
    const { project } = deployed;
    const { result } = await update(project, { stackName: "organization/test/dev" });
    assert.match(result?.backup ?? "", /^backups\/organization\+test\+dev_state_\d{8}_\d{6}\.json$/);
    assert.equal(result?.changes.length, 3);
  });

  it("prunes what is older than the retention when it writes a backup, and nothing else", async () => {
    const { project } = deployed;
    const old = ["dev_state_20200101_000000.json", "dev_updated_20200101_000000.json"];
    const others = ["prod_state_20200101_000000.json", "notes.txt"];
    await update(project);
    const kept = await backupNames(project);
    await importState(project, deployed.original);
    await project.write(Object.fromEntries([...old, ...others].map((name) => [`backups/${name}`, "{}"])));
    const { lines } = await update(project);
    const now = await backupNames(project);
    assert.deepEqual(
      now.filter((name) => !kept.includes(name) && !/^dev_(state|updated)_20[2-9]/.test(name)),
      others.sort(),
    );
    assert.equal(now.length, 6);
    assert.ok(lines.includes("INFO - Removed 2 backup files older than 30 days"));
  });

  it("writes nothing if it expects no changes, and lists those that it found", async () => {
    const { project } = deployed;
    const { result, lines } = await update(project, { expectNoChanges: true });
    assert.equal(result?.totals?.drift, 3);
    assert.equal(result?.changes.length, 3);
    assert.ok(lines.includes(`  - ${changes[0]}`));
    assert.deepEqual(await backupNames(project), []);
    await update(project);
    const again = await update(project, { expectNoChanges: true });
    assert.equal(again.result?.totals?.drift, 0);
  });

  it("explains with --verbose why each layer is declared or not, once per layer", async () => {
    const verbose: string[] = [];
    const { project } = deployed;
    await update(project, { dryRun: true }, (ports) => ({
      ...ports,
      reporter: { ...ports.reporter, verbose: (line) => verbose.push(line) },
    }));
    const arn = (name: string) => `arn:aws:lambda:us-east-1:123456789012:layer:${name}`;
    assert.deepEqual(verbose.sort(), [
      `Layer ${arn("receipt-dynamo-dev")} is declared by "receipt-dynamo" (layer_config.yaml:2), matched by name and stack: version 5`,
      `Layer ${arn("receipt-label-dev")} is declared by "receipt-label" (layer_config.yaml:3), matched by name and stack: version 3`,
      `Layer ${arn("unrelated")} is not declared by any entry`,
    ]);
  });

  it("asks before it writes, and writes nothing if the answer is no", async () => {
    const { project } = deployed;
    const asked: number[] = [];
    const answer = (yes: boolean) => async (plan: { changes: readonly unknown[] }) => {
      asked.push(plan.changes.length);
      return yes;
    };
    const { error, commands } = await update(project, { confirm: answer(false) });
    assert.equal(error?.message, "Not confirmed. Nothing was changed.");
    assert.deepEqual(commands, ["stack export"]);
    assert.ok((await update(project, { confirm: answer(true) })).result?.backup);
    assert.ok((await update(project, { confirm: answer(false) })).result, "asked although there is nothing to change");
    assert.deepEqual(asked, [3, 3]);
  });
});
