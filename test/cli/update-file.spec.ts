import assert from "node:assert/strict";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { start } from "../support/processes";
import { awsFunction, layer, stateOf } from "../support/states";
import { bin, Folder, plainEnvironment, readmeConfig, readmeState } from "./harness";

const file = ["--state-file", "state.json"];
const dryRunLines = `INFO - Found 3 layer version updates:
  - Function my-function-1: Layer receipt-dynamo-dev version 1 -> 5
  - Function my-function-2: Layer receipt-dynamo-dev version 2 -> 5
  - Function my-function-3: Layer receipt-label-dev version 1 -> 3
`;

/** What a dry run prints that finds nothing to update in a number of layers of functions. */
const nothingToUpdate = (layers: number) => `INFO - Found no layer version updates
INFO - ${layers === 0 ? "No functions with layers" : `0 of ${layers} layers of functions are not as declared`}; AWS was not asked
`;

describe("lambda-layers update --state-file", () => {
  let folder: Folder;
  beforeEach(async () => {
    folder = await Folder.create({ "layer_config.yaml": readmeConfig, "state.json": readmeState });
  });
  afterEach(() => folder.dispose());

  it("prints the lines of the Python tool in a dry run, and writes no file", async () => {
    const before = await folder.read("state.json");
    const { code, stdout, stderr } = await folder.cli([...file, "--dry-run", "--config", "layer_config.yaml"]);
    assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: dryRunLines, stderr: "" });
    assert.deepEqual(await folder.files(), ["layer_config.yaml", "state.json"]);
    assert.equal(await folder.read("state.json"), before);
  });

  it("replaces the file after a backup, and changes nothing but versions", async () => {
    const before = await folder.read("state.json");
    const { code, stdout } = await folder.cli(file);
    assert.equal(code, 0);
    const backup = /^INFO - State exported to: (backups\/dev_state_\d{8}_\d{6}\.json)$/m.exec(stdout)?.[1] ?? "";
    assert.equal(await folder.read(backup), before);
    const expected = before
      .replaceAll(`"${layer("receipt-dynamo-dev", 1)}"\n`, `"${layer("receipt-dynamo-dev", 5)}"\n`)
      .replaceAll(`"${layer("receipt-dynamo-dev", 2)}"\n`, `"${layer("receipt-dynamo-dev", 5)}"\n`)
      .replaceAll(`"${layer("receipt-label-dev", 1)}"\n`, `"${layer("receipt-label-dev", 3)}"\n`);
    const tags = before.match(/"layers": "arn[^"]+"/g);
    assert.deepEqual((await folder.read("state.json")).match(/"layers": "arn[^"]+"/g), tags);
    assert.equal(
      (await folder.read("state.json")).replace(/"layers": "arn[^"]+"/g, ""),
      expected.replace(/"layers": "arn[^"]+"/g, ""),
    );
    assert.equal((await stat(join(folder.path, "state.json"))).mode & 0o777, 0o600);
    assert.equal((await folder.cli([...file, "--dry-run"])).stdout, nothingToUpdate(3));
  });

  it("writes to --out and leaves the file and the backups alone", async () => {
    const before = await folder.read("state.json");
    const { code, stdout, stderr } = await folder.cli([...file, "--out", "new.json"]);
    assert.equal(code, 0);
    assert.match(stdout, /^INFO - State saved to: new\.json$/m);
    assert.match(
      stderr,
      /^WARNING - The stack itself was not changed. To import the file: pulumi stack import --stack dev --file new\.json$/m,
    );
    assert.equal(await folder.read("state.json"), before);
    assert.deepEqual(await folder.files(), ["layer_config.yaml", "new.json", "state.json"]);
  });

  it("finds files in --cwd", async () => {
    const { code, stdout } = await folder.cli([...file, "--dry-run", "--cwd", folder.path], { cwd: "/" });
    assert.deepEqual([code, stdout], [0, dryRunLines]);
  });

  it("prints one JSON document", async () => {
    const { code, stdout, stderr } = await folder.cli([...file, "--json", "--dry-run", "-e", "my-function-2"]);
    assert.equal(code, 0);
    const document = JSON.parse(stdout);
    assert.deepEqual(Object.keys(document), [
      "format",
      "stack",
      "project",
      "dryRun",
      "changes",
      "skipped",
      "backup",
      "totals",
    ]);
    assert.deepEqual(document.changes[0], {
      function: "my-function-1",
      urn: "urn:pulumi:dev::shop::aws:lambda/function:Function::my-function-1",
      region: "us-east-1",
      layer: "receipt-dynamo-dev",
      arn: "arn:aws:lambda:us-east-1:123456789012:layer:receipt-dynamo-dev",
      target: "arn:aws:lambda:us-east-1:123456789012:layer:receipt-dynamo-dev:5",
      from: 1,
      to: 5,
    });
    assert.equal(document.changes.length, 2);
    assert.deepEqual(document.skipped, [{ function: "my-function-2", reason: "excluded" }]);
    assert.deepEqual([document.stack, document.dryRun, document.backup], ["dev", true, null]);
    assert.equal(stderr, "WARNING - Function my-function-2 is skipped: excluded.\n");
  });

  it("prints an array if several stacks are named", async () => {
    const { code, stdout } = await folder.cli([
      ...file,
      "--json",
      "--dry-run",
      "--stack",
      "dev,staging",
      "--stack",
      "prod",
    ]);
    assert.equal(code, 0);
    assert.deepEqual(
      JSON.parse(stdout).map(({ stack, changes }: { stack: string; changes: [] }) => [stack, changes.length]),
      [
        ["dev", 3],
        ["staging", 0],
        ["prod", 0],
      ],
    );
  });

  it("runs several stacks one after the other, each under a heading", async () => {
    const { stdout, stderr } = await folder.cli([...file, "--dry-run", "--stack", "dev,prod"]);
    assert.equal(
      stdout,
      `Stack dev:\n${dryRunLines}\nStack prod:\nINFO - Found no layer version updates\nINFO - 2 stacks together: 3 of 6 layers of functions are not as declared; AWS was not asked\n`,
    );
    assert.match(stderr, /state of stack dev, but the versions declared for prod were used/);
  });

  it("exits with 7 if there must be no changes but are some, writes nothing, and still lists them", async () => {
    const before = await folder.read("state.json");
    const { code, stdout, stderr } = await folder.cli([...file, "--expect-no-changes", "--json"]);
    assert.deepEqual([code, JSON.parse(stdout).changes.length], [7, 3]);
    assert.match(
      stderr,
      /^ERROR - Stack dev has drifted: 3 of 3 layers of functions are not as declared\.\nTo see what an update would change: lambda-layers --stack dev --state-file \S+ --dry-run$/m,
    );
    assert.equal(await folder.read("state.json"), before);
    const lines = await folder.cli([...file, "--expect-no-changes"]);
    assert.deepEqual([lines.code, lines.stdout], [7, dryRunLines]);
    await folder.cli(file);
    const again = await folder.cli([...file, "--expect-no-changes"]);
    assert.deepEqual([again.code, again.stdout, again.stderr], [0, nothingToUpdate(3), ""]);
  });

  it("keeps to the named functions", async () => {
    const { stdout } = await folder.cli([...file, "--dry-run", "-f", "my-function-1", "--function", "my-function-3"]);
    assert.match(stdout, /Found 2 layer version updates/);
    assert.doesNotMatch(stdout, /my-function-2/);
  });

  it("says that a region and a profile apply to live functions only", async () => {
    const { code, stdout, stderr } = await folder.cli([...file, "--dry-run", "--region", "us-east-1"]);
    assert.deepEqual({ code, stdout }, { code: 0, stdout: dryRunLines });
    assert.match(stderr, /^WARNING - --region and --profile have no effect without --sync-aws/);
  });

  it("explains with --verbose why layers match, on stderr", async () => {
    const { stdout, stderr } = await folder.cli([...file, "--dry-run", "-v"]);
    assert.equal(stdout, dryRunLines);
    assert.match(stderr, /^DEBUG - .*receipt-dynamo-dev.*"receipt-dynamo".*$/m);
  });

  it("warns about a string that is not a layer ARN, and continues", async () => {
    const odd = awsFunction("odd", ["not-an-arn", layer("receipt-dynamo-dev", 1)]);
    await folder.write({ "state.json": stateOf([odd]) });
    const { code, stdout, stderr } = await folder.cli([...file, "--dry-run"]);
    assert.equal(code, 0);
    assert.match(stdout, /Function odd: Layer receipt-dynamo-dev version 1 -> 5/);
    assert.match(stderr, /^WARNING - Invalid layer ARN format: not-an-arn of function odd\. It was not changed\.$/m);
  });

  describe("says about a config that matches nothing", () => {
    const of = (...names: string[]) => names.map((name) => layer(name, 1));
    const other = (...names: string[]) => stateOf([awsFunction("fn", of(...names))]);
    const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:" };
    const cases: Record<string, [state: unknown, layers: number, warning: string]> = {
      "which layers there are": [
        stateOf([awsFunction("a", of("x", "y")), awsFunction("b", of("y", "z"))]),
        4,
        "layer_config.yaml matches no layer of the functions in state.json. They have: x, y, z.",
      ],
      "a few of many layers": [
        other("a", "b", "c", "d", "e", "f", "g"),
        7,
        "layer_config.yaml matches no layer of the functions in state.json. They have: a, b, c, d, e and 2 more.",
      ],
      "that no function has layers": [
        other(),
        0,
        "layer_config.yaml matches nothing: no function in state.json has layers.",
      ],
      "that there is no function": [
        stateOf([]),
        0,
        "layer_config.yaml matches nothing: no function in state.json has layers.",
      ],
    };
    for (const [what, [state, layers, warning]] of Object.entries(cases)) {
      it(what, async () => {
        await folder.write({ "state.json": state });
        const { code, stdout, stderr } = await folder.cli([...file, "--dry-run"]);
        assert.deepEqual([code, stdout], [0, nothingToUpdate(layers)]);
        assert.equal(stderr, `WARNING - ${warning}\n`);
      });
    }

    const quiet: Record<string, unknown> = {
      "a layer matches and is at its version": stateOf([awsFunction("fn", [layer("receipt-dynamo-dev", 5)])]),
      "a layer is a secret, which may match": stateOf([awsFunction("fn", [secret]), awsFunction("g", of("x"))]),
    };
    for (const [what, state] of Object.entries(quiet)) {
      it(`nothing if ${what}`, async () => {
        await folder.write({ "state.json": state });
        assert.doesNotMatch((await folder.cli([...file, "--dry-run"])).stderr, /matches/);
      });
    }

    it("and does so beside the document with --json", async () => {
      await folder.write({ "state.json": other("x") });
      const { stdout, stderr } = await folder.cli([...file, "--json"]);
      assert.deepEqual(JSON.parse(stdout), {
        ...{ format: 2, stack: "dev", project: "shop", dryRun: false, changes: [], skipped: [], backup: null },
        totals: { functions: 1, layersOfFunctions: 1, drift: 0, unknown: 0 },
      });
      assert.match(stderr, /^WARNING - layer_config\.yaml matches no layer/);
    });
  });

  it("warns about a state that was exported with --show-secrets", async () => {
    const token = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", plaintext: '"hunter2"' };
    const variables = { plaintext: "a variable's name" };
    const state = (value: unknown) =>
      stateOf([awsFunction("fn", [layer("receipt-dynamo-dev", 5)], { inputs: { name: "fn", value, variables } })]);
    await folder.write({ "state.json": state(token) });
    const { code, stderr } = await folder.cli([...file, "--dry-run"]);
    assert.equal(code, 0);
    assert.equal(
      stderr,
      "WARNING - state.json holds secrets in plaintext, and so will the output and the backup. Export the state again without --show-secrets, and delete this file.\n",
    );
    await folder.write({ "state.json": state({ ...token, plaintext: undefined, ciphertext: "v1:" }) });
    assert.equal((await folder.cli([...file, "--dry-run"])).stderr, "");
  });

  it("ends quietly if nobody reads its output any longer", async () => {
    const many = Array.from({ length: 3000 }, (_, i) => awsFunction(`fn-${i}`, [layer("receipt-dynamo-dev", 1)]));
    await folder.write({ "state.json": stateOf(many) });
    const running = folder.start([...file, "--dry-run"]);
    running.process.stdout?.destroy();
    const { code, stderr } = await running.ended;
    assert.deepEqual([code, stderr], [0, ""]);
  });

  it("finishes if its output cannot be written, says so, and does not exit with 0", async () => {
    // A Linux device on which every write fails.
    const full = `exec "$0" "$@" >/dev/full`;
    const env = plainEnvironment(folder.path);
    const run = (...args: string[]) =>
      start("/bin/sh", ["-c", full, process.execPath, bin, ...args], { cwd: folder.path, env });
    const { code, stderr } = await run(...file).ended;
    assert.equal(code, 1, stderr);
    assert.match(
      stderr,
      /^ERROR - Not all output could be written to stdout: no space left on device\. The run went on to its end\.$/m,
    );
    assert.match(await folder.read("state.json"), /receipt-dynamo-dev:5/);
    assert.equal((await run("--state-file", "missing.json").ended).code, 2);
    assert.equal((await run(...file, "--expect-no-changes").ended).code, 1);
  });
});
