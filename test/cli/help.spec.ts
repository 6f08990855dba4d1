import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { commandFirst } from "../../sdk/cli/argv";
import { commands } from "../../sdk/cli/commands";
import type { CommandDefinition } from "../../sdk/cli/context";
import { allFlags } from "../../sdk/cli/options";
import { createProgram } from "../../sdk/cli/program";
import { Output } from "../../sdk/cli/terminal";
import { checkout } from "../support/engine";
import { cliOnTerminal, Folder } from "./harness";

describe("lambda-layers help", () => {
  let folder: Folder;
  before(async () => {
    folder = await Folder.create();
  });
  after(() => folder.dispose());

  it("shows the commands, the options of the default one, and examples", async () => {
    const { code, stdout, stderr } = await folder.cli(["--help"]);
    assert.deepEqual([code, stderr], [0, ""]);
    for (const { name, summary } of commands) {
      const lines = stdout.replace(/\s+/g, " ");
      assert.ok(lines.includes(summary), `the summary of ${name}`);
    }
    for (const option of ["--config FILE", "--stack NAME", "--dry-run", "--sync-aws", "-v, --verbose", "-h, --help"]) {
      assert.match(stdout, new RegExp(`^  ${option} `, "m"));
    }
    assert.match(stdout, /^ {2}lambda-layers --config layer_config\.yaml --stack dev --dry-run$/m);
  });

  it("is the same for help, and for help COMMAND of a command", async () => {
    const [flag, word, status, statusFlag] = await Promise.all([
      folder.cli(["--help"]),
      folder.cli(["help"]),
      folder.cli(["help", "status"]),
      folder.cli(["status", "--help"]),
    ]);
    assert.equal(word.stdout, flag.stdout);
    assert.equal(status.stdout, statusFlag.stdout);
    assert.match(status.stdout, /^Usage: lambda-layers status \[options\]$/m);
    assert.doesNotMatch(status.stdout, /--sync-aws/);
  });

  it("shows commands in groups", async () => {
    const { stdout } = await folder.cli(["--help"]);
    const shown = stdout.slice(stdout.indexOf("Change layer versions:"), stdout.indexOf("Examples:"));
    const groups = shown.split("\n\n").map((group) => group.match(/^(?: {2})?[A-Za-z]+/gm)?.map((one) => one.trim()));
    assert.deepEqual(groups.slice(0, 4), [
      ["Change", "update", "sync", "rollback"],
      ["Look", "status", "report", "validate", "explain", "outdated"],
      ["Write", "init", "upgrade"],
      ["Other", "backups", "plugin", "completion", "help"],
    ]);
  });

  it("has examples that are command lines of the command they stand under", async () => {
    const examplesOf = (among: readonly CommandDefinition[], group = ""): [path: string, line: string][] =>
      among.flatMap(({ name, examples = [], commands: inner = [] }) => [
        ...examples.map(([line]): [string, string] => [`${group}${name}`, line]),
        ...examplesOf(inner, `${group}${name} `),
      ]);
    const all = examplesOf(commands);
    assert.ok(all.length > 30);
    const output = new Output({ write: () => true, on: () => undefined } as never, {});
    for (const [path, line] of all) {
      const [, text = ""] = /lambda-layers ([^)|]*)/.exec(line) ?? [];
      const given = [...text.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, a, b, c = ""]) => a ?? b ?? c);
      const words = commandFirst(given, allFlags(), commands, "update");
      let ran: CommandDefinition | undefined;
      await createProgram({
        ...{ words, version: "1.0.0", stdout: output, stderr: output },
        runCommand: async (definition) => {
          ran = definition;
        },
      }).parseAsync(words, { from: "user" });
      assert.ok(ran, line);
      // Examples of another command are allowed too, such as a rollback under sync.
      if (line.startsWith(`lambda-layers ${path}`)) assert.equal(ran.name, path.split(" ").at(-1), line);
    }
  });

  it("describes every command, and for a group the commands in it", async () => {
    for (const { name, commands: inner = [] } of commands) {
      const { code, stdout } = await folder.cli([name, "--help"]);
      assert.equal(code, 0);
      assert.match(stdout, new RegExp(`^Usage: lambda-layers ${name}`));
      for (const one of inner) assert.ok(stdout.includes(one.summary));
    }
  });

  it("shows which arguments a command requires, and which are optional", async () => {
    const [all, ...usages] = await Promise.all(
      [["--help"], ["explain", "--help"], ["completion", "--help"], ["rollback", "--help"]].map((args) =>
        folder.cli(args),
      ),
    );
    const terms = all?.stdout.match(/^ {2}(?:explain|completion|rollback|upgrade|help) \S+/gm);
    assert.deepEqual(terms, [
      "  rollback [BACKUP]",
      "  explain <FUNCTION>",
      "  upgrade [LAYER]",
      "  completion <SHELL>",
      "  help [COMMAND]",
    ]);
    assert.deepEqual(
      usages.map(({ stdout }) => stdout.split("\n")[0]),
      [
        "Usage: lambda-layers explain [options] <FUNCTION>",
        "Usage: lambda-layers completion [options] <SHELL>",
        "Usage: lambda-layers rollback [options] [BACKUP]",
      ],
    );
  });

  it("says what each command selects without --stack", async () => {
    const defaults = async (...args: string[]) => {
      const { stdout } = await folder.cli([...args, "--help"]);
      return stdout.replace(/\s+/g, " ").match(/--stack NAME [^(]*\(([^)]*)\)/)?.[1];
    };
    assert.deepEqual(
      await Promise.all([defaults(), defaults("status"), defaults("backups", "list"), defaults("backups", "prune")]),
      ["default: dev", "default: dev", "default: all", "default: all"],
    );
  });

  it("fits 80 columns if the terminal has them", async () => {
    const { screen } = await cliOnTerminal(["--help"], { cwd: folder.path, columns: 80 });
    const help = screen.slice(0, screen.indexOf("Examples:")).split("\r\n");
    assert.deepEqual(
      help.filter((line) => line.length > 80),
      [],
    );
  });

  it("prints the package's version", async () => {
    const { version } = JSON.parse(await readFile(join(checkout, "package.json"), "utf8"));
    for (const flag of ["--version", "-V"]) assert.equal((await folder.cli([flag])).stdout, `${version}\n`);
  });
});
