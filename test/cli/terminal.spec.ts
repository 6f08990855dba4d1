import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { stripVTControlCharacters } from "node:util";
import { awsFunction, layer, stateOf } from "../support/states";
import { cliOnTerminal, Folder, plainEnvironment, readmeConfig, readmeState, type TerminalOptions } from "./harness";

const file = ["--state-file", "state.json"];
const question = /\[y\/N\]/;
const colorCode = "\u001B[";

describe("lambda-layers on a terminal", () => {
  let folder: Folder;
  beforeEach(async () => {
    folder = await Folder.create({ "layer_config.yaml": readmeConfig, "state.json": readmeState });
  });
  afterEach(() => folder.dispose());
  const onTerminal = (args: readonly string[], options: Partial<TerminalOptions> = {}) =>
    cliOnTerminal(args, { cwd: folder.path, columns: 80, ...options });

  describe("asks before it writes", () => {
    for (const answer of ["y\r", "yes\r", "Y\r"]) {
      it(`and continues after ${JSON.stringify(answer)}`, async () => {
        const { code, screen } = await onTerminal(file, { typed: [[question, answer]] });
        assert.equal(code, 0);
        const asked = screen.indexOf("Update 3 layers of functions in state.json? [y/N]");
        assert.ok(asked > screen.indexOf("Function my-function-3: Layer receipt-label-dev version 1 -> 3"));
        assert.ok(screen.indexOf("State saved to: state.json") > asked);
        assert.match(await folder.read("state.json"), /receipt-dynamo-dev:5/);
      });
    }

    const refusals = {
      "a no": "n\r",
      "a bare Enter": "\r",
      "other words": "maybe\r",
      "Ctrl-D": "\u0004",
      "Ctrl-C": "\u0003",
    };
    for (const [name, keys] of Object.entries(refusals)) {
      it(`and changes nothing after ${name}`, async () => {
        const before = await folder.read("state.json");
        const { code, screen } = await onTerminal(file, { typed: [[question, keys]] });
        assert.equal(code, 130);
        // On a line of its own, even if no Enter has ended the question's line.
        assert.match(stripVTControlCharacters(screen), /\nWARNING - Not confirmed\. Nothing was changed\./);
        assert.equal(await folder.read("state.json"), before);
        assert.deepEqual(await folder.files(), ["layer_config.yaml", "state.json"]);
      });
    }

    it("and sums up by layer first, as it does nowhere else", async () => {
      const { screen } = await onTerminal([...file, "--dry-run"]);
      const shown = stripVTControlCharacters(screen).replaceAll("\r", "");
      assert.match(
        shown,
        /version 1 -> 3\nINFO - By layer:\n {2}- receipt-dynamo-dev -> 5: 2 functions\n {2}- receipt-label-dev -> 3: 1 function\n/,
      );
      assert.doesNotMatch((await folder.cli([...file, "--dry-run"])).stdout, /By layer/);
      const one = await onTerminal([...file, "--dry-run", "-f", "my-function-1"]);
      assert.doesNotMatch(one.screen, /By layer/, "a few lines need no sum");
    });

    it("but not with --yes, --dry-run or --json, or if nothing changes", async () => {
      for (const args of [["--dry-run"], ["--json", "--dry-run"], ["--yes"], [], ["--json"]]) {
        const { code, screen } = await onTerminal([...file, ...args]);
        assert.deepEqual([code, question.test(screen)], [0, false], args.join(" "));
      }
    });
  });

  describe("offers after init to keep backups out of git", () => {
    const init = ["init", "--state-file", "state.json", "--config", "new.yaml"];
    const env = () => ({ ...plainEnvironment(folder.path), PATH: process.env.PATH ?? "" });
    beforeEach(() => execFileSync("git", ["init", "--quiet", folder.path]));

    for (const [keys, ignored] of [
      ["y\r", true],
      ["\r", false],
    ] as const) {
      it(`which is ${ignored ? "done" : "not done"} after ${JSON.stringify(keys)}`, async () => {
        const typed = [[/out of git\? \[y\/N\]/, keys]] as const;
        const { code, screen } = await onTerminal(init, { typed, env: env(), columns: 120 });
        assert.equal(code, 0, screen);
        assert.equal((await folder.files()).includes(".gitignore"), ignored);
        if (ignored) assert.equal(await folder.read(".gitignore"), "backups/\n");
        const again = await onTerminal([...init, "--force"], { env: env(), typed });
        assert.equal(question.test(again.screen), !ignored);
      });
    }

    it("and says what to do if nobody can be asked", async () => {
      const { stdout } = await folder.cli(init, { env: env() });
      assert.match(stdout, /keep them out of git, add this line to \.gitignore:\n {2}- backups\/\n$/);
      await folder.write({ ".gitignore": "/backups/\n" });
      const again = await folder.cli([...init, "--force"], { env: env() });
      assert.doesNotMatch(again.output, /gitignore/);
    });
  });

  it("shows each backup on one line however long its name is, to be copied", async () => {
    const name = `backups/organization+a-project-with-a-long-name+production_state_20240824_143022.json`;
    await folder.write({ [name]: "{}" });
    const { code, screen } = await onTerminal(["backups", "list"], { columns: 40 });
    assert.equal(code, 0);
    assert.ok(screen.includes(`copy   2 B  ${name}\r\n`), screen);
  });

  describe("has colours", () => {
    const hasColors = async (env: Record<string, string>, args = [...file, "--dry-run"]) => {
      const { screen } = await onTerminal(args, { env: { ...plainEnvironment(folder.path), ...env } });
      return screen.includes(colorCode);
    };

    it("unless NO_COLOR is set", async () => {
      assert.deepEqual([await hasColors({}), await hasColors({ NO_COLOR: "1" })], [true, false]);
    });

    it("but none without a terminal, unless FORCE_COLOR asks for them", async () => {
      const run = (env: Record<string, string>) =>
        folder.cli([...file, "--dry-run"], { env: { ...plainEnvironment(folder.path), ...env } });
      assert.ok(!(await run({})).output.includes(colorCode));
      assert.ok((await run({ FORCE_COLOR: "1" })).output.includes(colorCode));
      assert.ok(!(await run({ FORCE_COLOR: "0" })).output.includes(colorCode));
      assert.ok(!(await run({ FORCE_COLOR: "1", NO_COLOR: "1" })).output.includes(colorCode));
    });

    it("but never in JSON", async () => {
      assert.equal(await hasColors({}, [...file, "--dry-run", "--json"]), false);
    });
  });

  describe("fits tables to its width", () => {
    const long = `a-function-${"with-a-long-name-".repeat(5)}x`;
    const status = ["status", ...file];
    beforeEach(() => folder.write({ "state.json": stateOf([awsFunction(long, [layer("receipt-dynamo-dev", 1)])]) }));
    /** The table's lines, headings first. */
    const table = (screen: string) => {
      const lines = stripVTControlCharacters(screen).split("\r\n");
      return lines.slice(
        lines.findIndex((line) => line.includes("FUNCTION")),
        lines.findIndex((line) => line.startsWith("INFO")),
      );
    };

    for (const columns of [80, 200]) {
      it(`of ${columns} columns`, async () => {
        const { code, screen } = await onTerminal(status, { columns });
        assert.equal(code, 0);
        const lines = table(screen);
        assert.ok(lines.length >= 2);
        assert.ok(lines.every((line) => line.length <= columns));
        // Everything that was wrapped is there.
        const functionColumn = lines.slice(1).map((line) => line.slice(3).split("  ")[0]);
        assert.equal(functionColumn.join(""), long);
        assert.equal(lines.length > 2, columns === 80);
        assert.ok(screen.includes(`${colorCode}31m!`), "drift is red");
      });
    }

    it("and does not wrap them without a terminal", async () => {
      const { stdout } = await folder.cli(status);
      assert.match(stdout, new RegExp(`^! {2}${long} {2}receipt-dynamo-dev +5 +1$`, "m"));
    });

    it("and to 80 columns if it does not report its size", async () => {
      const { code, screen } = await onTerminal(status, { columns: 0 });
      assert.equal(code, 0);
      assert.ok(table(screen).every((line) => line.length <= 80));
    });
  });
});
