import assert from "node:assert/strict";
import { commandFirst } from "../../sdk/cli/argv";
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
    ["statsu --stack dev", "statsu --stack dev"],
    ["--stak dev", "update --stak dev"],
    ["--stak=dev status", "update --stak=dev status"],
    ["--help", "--help"],
    ["-h", "-h"],
    ["--version", "--version"],
    ["--stack dev --help", "--stack dev --help"],
    ["--stack --help", "update --stack --help"],
    ["--stack --stack status", "status --stack --stack"],
    ["status --help", "status --help"],
    ["help status", "help status"],
    ["- x", "- x"],
  ];
  for (const [words, expected] of cases) {
    it(`${words || "(none)"} is read as ${expected}`, () => {
      const split = words.split(" ").filter(Boolean);
      assert.equal(commandFirst(split, allFlags(), commands, "update").join(" "), expected);
    });
  }

  it("know every flag of every command", () => {
    const flags = allFlags();
    assert.deepEqual(
      [flags.get("--stack"), flags.get("-f"), flags.get("--json"), flags.get("-y")],
      [true, true, false, false],
    );
  });
});
