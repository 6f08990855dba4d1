import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { checkout } from "../../scripts/places.mjs";
import { fakeCommand, lines } from "../support/fakes";
import { removeFolder, temporaryFolder } from "../support/folders";

const execute = promisify(execFile);

/** A crash of Pulumi's engine, shortened. */
const trace = `fatal error: concurrent map iteration and map write

goroutine 2718 [running]:
github.com/pulumi/pulumi/pkg/v3/resource/stack.SerializeProperties(...)`;

describe("the run of the specs", function () {
  this.timeout(60_000);
  let root: string;
  beforeEach(async () => {
    root = await temporaryFolder();
  });
  afterEach(() => removeFolder(root));

  /** The engine crashes in this many of its first runs. */
  const engineCrashes = (times: number) =>
    fakeCommand(
      root,
      "pulumi",
      `const { appendFileSync, readFileSync } = require("node:fs");
      appendFileSync(${JSON.stringify(join(root, "starts"))}, "started\\n");
      const starts = readFileSync(${JSON.stringify(join(root, "starts"))}, "utf8").split("\\n").length - 1;
      if (starts <= ${times}) { console.error(${JSON.stringify(trace)}); process.exit(2); }
      console.log("updated");`,
    );
  const withEngine = `
    const { run } = require(${JSON.stringify(join(checkout, "test/support/processes"))});
    it("does not need the engine", () => {});
    it("updates", async () => {
      const { stdout } = await run("pulumi", ["up"], { env: process.env });
      if (stdout !== "updated\\n") throw new Error(stdout);
    });`;

  async function runSpecs(specs: Record<string, string>) {
    for (const [name, text] of Object.entries(specs)) await writeFile(join(root, name), text);
    const script = `
      const { runSpecs } = await import(${JSON.stringify(join(checkout, "scripts/specs.mjs"))});
      const options = ["--no-config", "--parallel", "--jobs", "2", "--require", ${JSON.stringify(require.resolve("tsx/cjs"))}];
      const settings = { cwd: ${JSON.stringify(root)}, env: process.env };
      console.log(JSON.stringify(await runSpecs(["*.spec.cjs"], options, settings)));`;
    const PATH = [root, join(checkout, "node_modules/.bin"), process.env.PATH].join(delimiter);
    const args = ["--input-type=module", "-e", script];
    // Not with `run`, which would mistake the trace in mocha's report for a crash of its own.
    const { stdout } = await execute(process.execPath, args, { cwd: root, env: { ...process.env, PATH } });
    return JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "");
  }
  const starts = async () => (await lines(join(root, "starts"))).length;

  it("counts what passed and what failed", async () => {
    await engineCrashes(0);
    const failing = `it("passes", () => {}); it("fails", () => { throw new Error("no"); });`;
    const result = await runSpecs({ "a.spec.cjs": withEngine, "b.spec.cjs": failing });
    assert.deepEqual(result, { ok: false, passed: 3, failed: 1, again: [] });
  });

  it("fails if a file cannot be read", async () => {
    const { ok, passed } = await runSpecs({ "a.spec.cjs": "no JavaScript" });
    assert.deepEqual({ ok, passed }, { ok: false, passed: 0 });
  });

  it("retries a file in which the engine crashed once, and no other", async () => {
    await engineCrashes(1);
    const other = `require("node:fs").appendFileSync("other", "ran\\n"); it("passes", () => {});`;
    const result = await runSpecs({ "a.spec.cjs": withEngine, "b.spec.cjs": other });
    assert.deepEqual(result, { ok: true, passed: 3, failed: 0, again: [join(root, "a.spec.cjs")] });
    assert.equal(await starts(), 2);
    assert.deepEqual(await lines(join(root, "other")), ["ran"]);
  });

  it("also does so if it crashed before the first test", async () => {
    await engineCrashes(1);
    const hook = `describe("a stack", () => {
      ${withEngine}
      before(() => run("pulumi", ["up"], { env: process.env }));
    });`;
    const { ok, passed, failed } = await runSpecs({ "a.spec.cjs": hook });
    assert.deepEqual({ ok, passed, failed }, { ok: true, passed: 2, failed: 0 });
  });

  it("does not try it a third time", async () => {
    await engineCrashes(2);
    const result = await runSpecs({ "a.spec.cjs": withEngine });
    assert.deepEqual(result, { ok: false, passed: 1, failed: 1, again: [join(root, "a.spec.cjs")] });
    assert.equal(await starts(), 2);
  });

  it("does not forget what failed elsewhere", async () => {
    await engineCrashes(1);
    const failing = `it("fails", () => { throw new Error("no"); });`;
    const { ok, passed, failed } = await runSpecs({ "a.spec.cjs": withEngine, "b.spec.cjs": failing });
    assert.deepEqual({ ok, passed, failed }, { ok: false, passed: 2, failed: 1 });
  });

  it("treats no other end of the engine as a crash", async () => {
    await fakeCommand(root, "pulumi", `console.error("error: update failed\\npanic: at the disco"); process.exit(255)`);
    const { ok, again } = await runSpecs({ "a.spec.cjs": withEngine });
    assert.deepEqual({ ok, again }, { ok: false, again: [] });
  });
});
