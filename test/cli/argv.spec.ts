import assert from "node:assert/strict";
import { commandFirst, hasFlag } from "../../sdk/cli/argv";
import { commands } from "../../sdk/cli/commands";
import { allFlags } from "../../sdk/cli/options";

describe("the words of a command line", () => {
  const cases: [words: string, expected: string][] = [
    ["", "update"],
    ["--dry-run", "update --dry-run"],
    ["--config x --stack dev --dry-run", "update --config x --stack dev --dry-run"],
    ["update --stack dev", "update --stack dev"],
    ["--stack dev status", "status --stack dev"],
    ["--stack=dev status", "status --stack=dev"],
    ["-v status", "status -v"],
    ["--stack status", "update --stack status"],
    ["-f api status --json", "status -f api --json"],
    ["rollback --stack dev backup.json", "rollback --stack dev backup.json"],
    ["--stack dev rollback backup.json", "rollback --stack dev backup.json"],
    ["--yes backups --stack dev prune", "backups prune --yes --stack dev"],
    ["backups", "backups"],
    ["backups --help", "backups --help"],
    ["--stak dev", "update --stak dev"],
    ["--stak=dev status", "update --stak=dev status"],
    ["--help", "--help"],
    ["-h", "-h"],
    ["--version", "--version"],
    ["--stack dev --help", "--stack dev --help"],
    ["--stack --help", "update --stack --help"],
    ["--stack --stack status", "status --stack --stack"],
    ["status --help", "status --help"],
    ["help", "--help"],
    ["help help", "--help --help"],
    ["help status", "status --help"],
    ["-v help status", "status -v --help"],
    ["help backups", "backups --help"],
    ["help backups list", "backups list --help"],
    ["backups help list", "backups list --help"],
  ];
  for (const [words, expected] of cases) {
    it(`${words || "(none)"} is read as ${expected}`, () => {
      const split = words.split(" ").filter(Boolean);
      assert.equal(commandFirst(split, allFlags(), commands, "update").join(" "), expected);
    });
  }

  const unknown: [words: string, name: string, next: string][] = [
    ["statsu --stack dev", "statsu", "Did you mean status?"],
    ["--stack dev statsu", "statsu", "Did you mean status?"],
    ["nothing-alike", "nothing-alike", "List the commands: lambda-layers help"],
    ["help foo", "foo", "List the commands: lambda-layers help"],
    ["help statsu", "statsu", "Did you mean status?"],
    ["help backups prun", "prun", "Did you mean prune?"],
    ["backups remove", "remove", "List the commands: lambda-layers help backups"],
    ["statsu --help", "statsu", "Did you mean status?"],
    ["- x", "-", "List the commands: lambda-layers help"],
  ];
  for (const [words, name, next] of unknown) {
    it(`${words} does not name a command`, () => {
      assert.throws(() => commandFirst(words.split(" "), allFlags(), commands, "update"), {
        code: "usage",
        message: `unknown command '${name}'`,
        next,
      });
    });
  }

  it("contain a flag, unless it is the value of another one", () => {
    const has = (words: string) => hasFlag(words.split(" "), "--json", allFlags());
    assert.deepEqual(["--json", "status --json", "--nope --json", "--config --json", "-v"].map(has), [
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  it("include every flag of every command", () => {
    const flags = allFlags();
    assert.deepEqual(
      [flags.get("--stack"), flags.get("-f"), flags.get("--json"), flags.get("-y")],
      [true, true, false, false],
    );
  });
});
