import assert from "node:assert/strict";
import { readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { useAws } from "../aws/harness";
import { createAwsStack, preamble } from "../support/aws-stack";
import type { Project } from "../support/engine";
import { awsFunction, layer, stateOf } from "../support/states";
import { cli, Folder, plainEnvironment, readmeConfig, readmeState } from "./harness";

/** The commands that a page advises. */
function commandsOn(page: string): string[] {
  return [...page.matchAll(/<div class="command"><code>(.*?)<\/code>/g)].map(([, text = ""]) =>
    text.replace(/<.*?>/g, ""),
  );
}

describe("lambda-layers report", () => {
  let folder: Folder;
  beforeEach(async () => {
    folder = await Folder.create({ "layer_config.yaml": readmeConfig, "state.json": readmeState });
  });
  afterEach(() => folder.dispose());

  const report = (...args: string[]) => folder.cli(["report", "--state-file", "state.json", ...args]);

  it("prints Markdown by default", async () => {
    const { code, stdout } = await report();
    assert.equal(code, 0);
    assert.match(
      stdout,
      /^### ≠ Lambda layers of stack <code>dev<\/code>: 3 of 3 layers of functions are not as declared; AWS was not asked\n/,
    );
    assert.equal((await report("--markdown")).stdout, stdout);
  });

  it("knows nothing about jobs that have left no record", async () => {
    await folder.write({ "records/notes.txt": "no record" });
    const records = (...args: string[]) => folder.cli(["report", "--records", "records", ...args]);
    const { code, stderr } = await records("--html", "runs.html", "--markdown", "runs.md");
    assert.equal(code, 0);
    assert.match(stderr, /^WARNING - There are no run records in records\.$/m);
    assert.match(await folder.read("runs.html"), /<p class="verdict unknown"><b>\?<\/b> No run records/);
    assert.match(
      await folder.read("runs.md"),
      /^### \? Lambda layers: No run records: what the jobs have done is not known$/m,
    );
    const strict = await records("--expect-no-changes");
    assert.deepEqual([strict.code, strict.stderr.split("\n")[0]], [1, "ERROR - There are no run records in records."]);
  });

  it("writes every form at once", async () => {
    await folder.write({ "out/.keep": "" });
    const files = ["--html", "out/page.html", "--markdown", "out/report.md", "--sarif", "out/layers.sarif"];
    const { code, stdout } = await report(...files);
    assert.equal(code, 0);
    assert.deepEqual(stdout.split("\n"), [
      "INFO - Report written to: out/page.html",
      "INFO - Report written to: out/report.md",
      "INFO - Report written to: out/layers.sarif",
      "INFO - 3 of 3 layers of functions are not as declared; AWS was not asked",
      "",
    ]);
    assert.match(await folder.read("out/page.html"), /^<!doctype html>[\s\S]*my-function-1[\s\S]*<\/html>\n$/);
    assert.match(await folder.read("out/report.md"), /<code>my-function-3<\/code>/);
    const { runs } = JSON.parse(await folder.read("out/layers.sarif"));
    const places = runs[0].results.map((result: never) => JSON.stringify(result)).join("\n");
    assert.match(places, /"uri":"layer_config\.yaml"},"region":\{"startLine":3,/);
    assert.match(places, /"startLine":5,/);
  });

  it("prints one JSON document with totals and where versions are declared", async () => {
    const { stdout } = await report("--json", "--html", "page.html");
    const document = JSON.parse(stdout);
    assert.deepEqual(document.totals, { functions: 3, layersOfFunctions: 3, drift: 3, unknown: 0 });
    assert.deepEqual(document.rows[0].source, { file: "layer_config.yaml", line: 3, column: 14 });
    assert.ok((await folder.files()).includes("page.html"));
  });

  it("names the config file by its path from the repository's root", async () => {
    await folder.write({ "infra/layer_config.yaml": readmeConfig, "infra/state.json": readmeState });
    const { code } = await report("--cwd", "infra", "--sarif", "layers.sarif");
    assert.equal(code, 0);
    assert.match(await folder.read("infra/layers.sarif"), /"uri": "infra\/layer_config\.yaml"/);
  });

  it("combines several stacks into one report, including one that cannot be read", async () => {
    const { code, stderr } = await folder.cli([
      "report",
      "--stack",
      "dev,prod",
      "--state-file",
      "none.json",
      "--html",
      "page.html",
    ]);
    assert.equal(code, 2);
    assert.match(stderr, /State file not found/);
    assert.ok(!(await folder.files()).includes("page.html"), "an empty report is not written");
    const both = await report("--stack", "dev,prod", "--html", "page.html");
    assert.equal(both.code, 0);
    assert.match(await folder.read("page.html"), /<h2>dev<[\s\S]*<h2>prod</);
  });

  it("has a command on its page that repairs drift as printed", async () => {
    await folder.write({ "infra/layer_config.yaml": readmeConfig, "infra/state.json": readmeState });
    for (const args of [[], ["--cwd", "infra"], ["-f", "my-function-1"]]) {
      await report("--html", "page.html", ...args);
      const page = await folder.read(args[0] === "--cwd" ? "infra/page.html" : "page.html");
      const [command = ""] = commandsOn(page);
      assert.match(command, /^lambda-layers --stack dev --state-file state\.json/);
      assert.equal((await folder.cli(command.split(" ").slice(1))).code, 0);
      assert.equal((await report("--expect-no-changes", ...args)).code, 0);
      assert.equal((await report("--html", "page.html", ...args)).code, 0);
      await folder.write({ "state.json": readmeState });
    }
  });

  it("exits with 7 on drift if requested, and still writes the report", async () => {
    const { code, stderr } = await report("--expect-no-changes", "--html", "page.html");
    assert.equal(code, 7);
    assert.match(
      stderr,
      /Stack dev has drifted: 3 of 3 layers of functions are not as declared\.\n.*: lambda-layers --stack dev --state-file state\.json --dry-run$/m,
    );
    assert.ok((await folder.files()).includes("page.html"));
  });

  it("refuses two documents on stdout, and says which file cannot be written", async () => {
    const two = await report("--json", "--markdown");
    assert.equal(two.code, 2);
    assert.match(two.stderr, /cannot both write to stdout/);
    const { code, stderr } = await report("--html", "state.json/page.html");
    assert.equal(code, 2);
    assert.match(stderr, /could not be written to state\.json\/page\.html: /);
  });

  it("overwrites neither its sources nor another report", async () => {
    await symlink("state.json", join(folder.path, "link"));
    const before = [await folder.files(), await folder.read("state.json"), await folder.read("layer_config.yaml")];
    const refused: [string[], string][] = [
      [["--html", "state.json"], "--html would replace the state file: state.json"],
      [["--markdown", "./state.json"], "--markdown would replace the state file: ./state.json"],
      [["--sarif", "link"], "--sarif would replace the state file: link"],
      [["--html", "layer_config.yaml"], "--html would replace the config: layer_config.yaml"],
      [["--html", "a", "--sarif", "./a"], "--sarif would replace the --html report: ./a"],
    ];
    for (const [args, message] of refused) {
      const { code, stderr } = await report(...args);
      assert.equal(stderr, `ERROR - ${message}. Nothing was changed.\nChoose another file for the report.\n`);
      assert.equal(code, 2);
    }
    const after = [await folder.files(), await folder.read("state.json"), await folder.read("layer_config.yaml")];
    assert.deepEqual(after, before);
  });

  it("follows no links", async () => {
    await folder.write({ other: "mine" });
    await symlink("other", join(folder.path, "page.html"));
    await symlink("nowhere", join(folder.path, "page.md"));
    const { code, stderr } = await report("--html", "page.html");
    assert.deepEqual([code, stderr.includes("could not be written to page.html: it is a link")], [2, true], stderr);
    assert.equal((await report("--markdown", "page.md")).code, 2);
    assert.equal(await folder.read("other"), "mine");
    assert.ok(!(await folder.files()).includes("nowhere"));
    assert.equal((await report("--markdown", "/dev/null")).code, 0);
  });

  it("creates no folders", async () => {
    const { code, stderr } = await report("--markdown", "a.md", "--html", "none/page.html");
    assert.equal(code, 2);
    assert.match(stderr, /^ERROR - The report could not be written to none\/page\.html: no such file or folder$/m);
    assert.deepEqual(await folder.files(), ["layer_config.yaml", "state.json"]);
  });

  it("claims no more than is known", async () => {
    await folder.write({ "layer_config.yaml": "layers: {receipt-dynamo: {version: 1, enforce: minimum}}\n" });
    assert.match((await report()).stdout, /^### ✓ .*: all recorded layers are as declared; AWS was not asked$/m);
    await folder.write({ "layer_config.yaml": "layers: {other: {version: 1}}\n" });
    const { code, stdout, stderr } = await report();
    assert.equal(code, 0);
    assert.match(stdout, /^### \? .*: the config declares none of these layers; AWS was not asked$/m);
    assert.match(
      stderr,
      /^WARNING - layer_config\.yaml matches no layer of the functions in state\.json\. They have: /m,
    );
  });

  it("shows function names that are markup as text", async () => {
    const name = "<script>alert(1)</script>";
    await folder.write({ "state.json": stateOf([awsFunction(name, [layer("receipt-dynamo-dev", 1)])]) });
    await report("--html", "page.html", "--markdown", "report.md");
    for (const file of ["page.html", "report.md"]) assert.ok(!(await folder.read(file)).includes(name), file);
    assert.match(await folder.read("page.html"), /&lt;script&gt;alert\(1\)&lt;\/script&gt;/);
  });
});

describe("lambda-layers report on a live stack", function () {
  this.timeout(90_000);
  const aws = useAws();
  let stack: Project | undefined;
  afterEach(() => stack?.dispose());

  it("shows what runs in AWS beside what is recorded", async () => {
    aws.emulator.seed({ layers: [{ name: "receipt-dynamo-dev", versions: 6 }] });
    stack = await createAwsStack({
      env: aws.emulator.env,
      program: `${preamble}\nfn("api", { layers: ["${layer("receipt-dynamo-dev", 4)}"] });`,
      files: { "layer_config.yaml": readmeConfig },
    });
    await stack.up();
    aws.emulator.edit("api", { Layers: ["receipt-dynamo-dev:6"] });
    const at = { cwd: stack.dir, env: stack.env };
    const { code, stdout, output } = await cli(["report", "--markdown"], at);
    assert.equal(code, 0, output);
    assert.match(
      stdout,
      /\| <code>api<\/code> \| <code>receipt-dynamo-dev<\/code> \| 5 \| \*\*≠ 4\*\* \| \*\*≠ 6\*\* \|/,
    );
    assert.equal((await cli(["report", "--html", "page.html"], at)).code, 0);
    const page = await readFile(join(stack.dir, "page.html"), "utf8");
    assert.deepEqual(commandsOn(page), ["lambda-layers --stack dev --sync-aws"]);
    assert.equal((await cli(["--stack", "dev", "--sync-aws"], at)).code, 0);
    assert.equal((await cli(["report", "--expect-no-changes"], at)).code, 0, "the command repairs");
  });
});

describe("job summaries", () => {
  let folder: Folder;
  beforeEach(async () => {
    folder = await Folder.create({
      "layer_config.yaml": readmeConfig,
      "state.json": readmeState,
      "summary.md": "# Job\n",
    });
  });
  afterEach(() => folder.dispose());

  const run = (args: string[], env: Record<string, string>) =>
    folder.cli([...args, "--state-file", "state.json"], { env: { ...plainEnvironment(folder.path), ...env } });
  const outputs = (changes: number, drift: number, unread = 0) =>
    `changes=${changes}\ndrift=${drift}\nunknown=0\n${unread > 0 ? `unread=${unread}\n` : ""}`;
  const github = () => ({
    GITHUB_ACTIONS: "true",
    GITHUB_STEP_SUMMARY: join(folder.path, "summary.md"),
    GITHUB_OUTPUT: join(folder.path, "output.txt"),
  });

  it("are added to GitHub's, with outputs, for a dry run and for the update itself", async () => {
    assert.equal((await run(["--dry-run"], github())).code, 0);
    assert.equal(await folder.read("output.txt"), outputs(3, 3));
    const { code, stdout } = await run(["update"], github());
    assert.equal(code, 0);
    assert.match(stdout, /\nINFO - 0 of 3 layers of functions are not as declared; AWS was not asked\n$/);
    assert.equal(await folder.read("output.txt"), outputs(3, 3) + outputs(3, 0));
    const summary = await folder.read("summary.md");
    assert.match(summary, /^# Job\n### ≠ .*: 3 layers of functions to change$/m);
    assert.match(summary, /^### ✓ .*: 3 layers of functions changed$/m);
    assert.match(summary, /\| <code>my-function-1<\/code> \| <code>receipt-dynamo-dev<\/code> \| 1 \| 5 \|/);
  });

  it("sum up all stacks, for status and report", async () => {
    for (const command of ["status", "report"]) {
      await folder.write({ "output.txt": "" });
      assert.equal((await run([command, "--stack", "dev,prod"], github())).code, 0);
      // A layer named -dev is not one of prod.
      assert.equal(await folder.read("output.txt"), outputs(3, 3));
    }
    const summary = await folder.read("summary.md");
    assert.match(
      summary,
      /<code>dev<\/code>: 3 of 3 layers of functions are not as declared[\s\S]*<code>prod<\/code>: the config declares none of these layers/,
    );
  });

  it("name a stack that could not be read", async () => {
    await folder.write({
      "layer_config.yaml": `${readmeConfig}stack_overrides: { prod: { other: { names: ["receipt-*"], version: 1 }, more: { names: ["receipt-*"], version: 2 } } }\n`,
    });
    const { code } = await run(["status", "--stack", "dev,prod"], github());
    assert.notEqual(code, 0);
    assert.match(
      await folder.read("summary.md"),
      /<code>dev<\/code>: 3 of 3[\s\S]*<code>prod<\/code>: could not be read\n\n.*declared twice/,
    );
    assert.equal(await folder.read("output.txt"), outputs(3, 3, 1));
  });

  it("are uploaded on Azure Pipelines with logging commands", async () => {
    const { stdout } = await run(["status"], { TF_BUILD: "True", AGENT_TEMPDIRECTORY: folder.path });
    const [, file = ""] = /^##vso\[task\.uploadsummary\](.+)$/m.exec(stdout) ?? [];
    assert.ok(file.startsWith(folder.path), stdout);
    assert.match(await folder.read(file.slice(folder.path.length + 1)), /^### ≠ Lambda layers of stack/);
    assert.match(stdout, /^##vso\[task\.setvariable variable=drift;isOutput=true\]3$/m);
    assert.match(stdout, /^##vso\[task\.setvariable variable=unknown;isOutput=true\]0$/m);
    const json = await run(["status", "--json"], { TF_BUILD: "True", AGENT_TEMPDIRECTORY: folder.path });
    assert.doesNotThrow(() => JSON.parse(json.stdout));
  });

  it("that cannot be written cause a warning, and one that would be too long is cut", async () => {
    const unwritable = await run(["status"], { GITHUB_STEP_SUMMARY: join(folder.path, "none", "summary.md") });
    assert.equal(unwritable.code, 0);
    assert.match(unwritable.stderr, /WARNING - The job summary of GitHub Actions could not be written: /);
    await folder.write({ "summary.md": "x".repeat(1 << 20) });
    const long = await run(["status"], github());
    assert.match(long.stderr, /WARNING - The job summary is too long/);
    assert.equal((await folder.read("summary.md")).length, 1 << 20);
    assert.equal(await folder.read("output.txt"), outputs(3, 3));
  });

  it("are written nowhere outside of such a system", async () => {
    const before = await folder.files();
    await run(["status"], { CI: "true" });
    assert.deepEqual(await folder.files(), before);
  });
});
