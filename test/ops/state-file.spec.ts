import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { LayersError } from "../../sdk/core/errors";
import { StateFiles } from "../../sdk/files/state-file";
import type { LayerVersionUpdaterOptions } from "../../sdk/wiring";
import { checkout, type Project } from "../support/engine";
import { removeFolder, temporaryFolder } from "../support/folders";
import { awsFunction, layer, stateOf } from "../support/states";
import { update as run } from "./harness";

const config = "layers: { own: { version: 12 } }\nstack_overrides: { prod: { own: { version: 7 } } }\n";
const text = JSON.stringify(
  stateOf([awsFunction("fn", [layer("own", 9)]), awsFunction("other", [layer("x", 1)])]),
  null,
  1,
);

describe("an update of a state file", () => {
  let root: string;
  beforeEach(async () => {
    root = await temporaryFolder();
    await writeFile(join(root, "layer_config.yaml"), config);
    await writeFile(join(root, "state.json"), text);
  });
  afterEach(() => removeFolder(root));

  const update = (options: LayerVersionUpdaterOptions = {}) =>
    run({ dir: root } as Project, { stateFile: "state.json", ...options });
  const read = (name: string) => readFile(join(root, name), "utf8");
  const expected = text.replaceAll(':own:9"', ':own:12"');

  it("replaces the file after a backup, and calls neither Pulumi nor AWS", async () => {
    const { lines, commands, result } = await update();
    assert.equal(await read("state.json"), expected);
    const [name = ""] = await readdir(join(root, "backups"));
    assert.equal(await read(`backups/${name}`), text);
    assert.deepEqual(lines, [
      `INFO - State exported to: backups/${name}`,
      "INFO - Function fn: Layer own version 9 -> 12",
      "INFO - State saved to: state.json",
      "WARN - The stack itself was not changed. To import the file: pulumi stack import --stack dev --file state.json",
    ]);
    assert.deepEqual(commands, []);
    assert.equal(result?.backup, `backups/${name}`);
    for (const file of ["state.json", `backups/${name}`]) {
      assert.equal((await stat(join(root, file))).mode & 0o777, 0o600);
    }
  });

  it("writes another file, and leaves the first unchanged", async () => {
    const { result } = await update({ out: "new.json" });
    assert.equal(await read("new.json"), expected);
    assert.equal(await read("state.json"), text);
    assert.equal(result?.backup, null);
    assert.deepEqual((await readdir(root)).sort(), ["layer_config.yaml", "new.json", "state.json"]);
  });

  it("does not replace what something else has written meanwhile", async () => {
    const files = new StateFiles(root);
    const before = await files.read("state.json");
    function* content() {
      writeFileSync(join(root, "state.json"), text.replace(":own:9", ":own:10"));
      yield Buffer.from(expected);
    }
    await assert.rejects(files.replace("state.json", content(), before), (error: LayersError) => {
      assert.equal(error.code, "stack-changed");
      assert.match(
        error.message,
        /^state\.json was changed by something else during this run\. This run did not change it\./,
      );
      return true;
    });
    assert.equal(await read("state.json"), text.replace(":own:9", ":own:10"));
    assert.deepEqual((await readdir(root)).sort(), ["layer_config.yaml", "state.json"]);
    await files.replace("state.json", [Buffer.from("new")], await files.read("state.json"));
    assert.equal(await read("state.json"), "new");
  });

  it("is not written over the config", async () => {
    const { error } = await update({ out: "./layer_config.yaml" });
    assert.equal(error?.code, "usage");
    assert.equal(await read("layer_config.yaml"), config);
  });

  it("names the state's stack if it could be imported", async () => {
    const { lines } = await update({ stackName: "prod", out: "new.json" });
    assert.equal(
      lines.at(-1),
      "WARN - The stack itself was not changed. To import the file: pulumi stack import --stack dev --file new.json",
    );
  });

  it("writes nothing in a dry run, or if nothing changes", async () => {
    const { lines } = await update({ dryRun: true });
    assert.deepEqual(lines, ["INFO - Found 1 layer version update:", "  - Function fn: Layer own version 9 -> 12"]);
    await writeFile(join(root, "done.json"), expected);
    assert.deepEqual((await update({ stateFile: "done.json" })).lines, ["INFO - Found no layer version updates"]);
    assert.deepEqual((await readdir(root)).sort(), ["done.json", "layer_config.yaml", "state.json"]);
  });

  it("warns if the state is of another stack than the versions", async () => {
    const { lines } = await update({ stackName: "prod", dryRun: true });
    assert.deepEqual(lines, [
      "WARN - state.json is the state of stack dev, but the versions declared for prod were used. To use its own: --stack dev",
      "INFO - Found 1 layer version update:",
      "  - Function fn: Layer own version 9 -> 7",
    ]);
    assert.deepEqual((await update({ stackName: "acme/shop/dev", dryRun: true })).lines.length, 2);
  });

  it("warns about recorded strings that are not layer ARNs", async () => {
    await writeFile(join(root, "odd.json"), JSON.stringify(stateOf([awsFunction("fn", ["arn:aws:lambda:own:1"])])));
    const { lines } = await update({ stateFile: "odd.json" });
    assert.equal(lines[0], "WARN - Invalid layer ARN format: arn:aws:lambda:own:1 of function fn. It was not changed.");
  });

  for (const [name, changes] of [
    ["state-two-functions.json", 2],
    ["state-layers-removed.json", 0],
  ] as const) {
    it(`changes only the layers of functions in ${name}, as the AWS provider wrote it`, async () => {
      const recorded = await readFile(join(checkout, "test/data", name), "utf8");
      await writeFile(join(root, "state.json"), recorded);
      await writeFile(join(root, "layer_config.yaml"), "layers: { LambdaInsightsExtension: { version: 52 } }\n");
      const { result } = await update();
      assert.equal(result?.changes.length, changes);
      // The stack's own outputs contain the same ARNs under other names.
      const list = /"layers": \[[^\]]*\]/g;
      assert.equal(
        await read("state.json"),
        recorded.replace(list, (layers) => layers.replaceAll(":38", ":52")),
      );
    });
  }

  it("refuses a place that cannot be written, and leaves no trace", async () => {
    await mkdir(join(root, "folder"));
    for (const out of ["folder", "nowhere/new.json"]) {
      const { error } = await update({ out });
      assert.equal(error?.code, "usage");
      assert.equal(await read("state.json"), text);
    }
    assert.deepEqual((await readdir(root)).sort(), ["folder", "layer_config.yaml", "state.json"]);
  });

  const bad: [name: string, content: string | undefined, code: string, message: RegExp][] = [
    ["is missing", undefined, "state-missing", /^State file not found: bad\.json\. Nothing was changed\.$/],
    ["is empty", "", "state-invalid", /at byte 0 .*Nothing was changed\.$/],
    ["is cut off", text.slice(0, 700), "state-invalid", /at byte 700 .*Nothing was changed\.$/],
    ["is not JSON", text.replace(":", ";"), "state-invalid", /at byte \d+ \(line 2, column \d+\)/],
    ["has a byte order mark", `\uFEFF${text}`, "state-invalid", /a byte order mark at byte 0/],
    ["has an unknown version", text.replace('"version": 3', '"version": 2'), "state-invalid", /version/],
    [
      "is a checkpoint",
      JSON.stringify({ version: 3, checkpoint: {} }),
      "state-invalid",
      /a file of the backend itself/,
    ],
    [
      "has pending operations",
      JSON.stringify(
        stateOf([], { pending_operations: [{ type: "creating", resource: { urn: "urn:x", type: "t" } }] }),
      ),
      "pending-operations",
      /^The state of bad\.json has 1 pending operation: an update was interrupted\.\n {2}creating urn:x\nNothing was changed\.$/,
    ],
  ];
  for (const [name, content, code, message] of bad) {
    it(`refuses a file that ${name}`, async () => {
      if (content !== undefined) await writeFile(join(root, "bad.json"), content);
      const { error, lines } = await update({ stateFile: "bad.json" });
      assert.equal(error?.code, code);
      assert.match(error?.message ?? "", message);
      assert.deepEqual(lines, []);
      assert.ok(!(await readdir(root)).includes("backups"));
    });
  }
});
