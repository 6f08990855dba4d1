import assert from "node:assert/strict";
import { commands, defaultCommand } from "../../sdk/cli/commands";
import { allCompletions } from "../../sdk/cli/completion/model";
import { run } from "../support/processes";
import { Folder } from "./harness";

describe("lambda-layers completion", () => {
  let folder: Folder;
  const scripts: Record<string, string> = {};
  before(async () => {
    folder = await Folder.create({ "my config.yaml": "", "state.json": "", "folder/x": "" });
    for (const shell of ["bash", "zsh", "fish"]) scripts[shell] = (await folder.cli(["completion", shell])).stdout;
    await folder.write({ "completion.bash": scripts.bash });
  });
  after(() => folder.dispose());

  for (const shell of ["bash", "zsh", "fish"]) {
    it(`for ${shell} knows every command and every flag, and describes them`, () => {
      const script = scripts[shell] ?? "";
      for (const { commands: inner, options } of allCompletions({ commands, defaultCommand })) {
        for (const { name } of inner) assert.match(script, new RegExp(`\\b${name}\\b`));
        for (const flag of options.flatMap(({ flags }) => flags)) {
          assert.ok(
            script.includes(shell === "fish" ? flag.replace(/^--/, "-l ").replace(/^-(.)$/, "-s $1") : flag),
            flag,
          );
        }
        const descriptions = options.map(({ description }) => description.split(/[':]/)[0] ?? "");
        if (shell !== "bash") assert.ok(descriptions.every((text) => script.includes(text)));
      }
    });
  }

  /** What bash offers if Tab is pressed at the end of a line. */
  const complete = async (line: string): Promise<string[]> => {
    const words = line.split(" ");
    const { code, stdout, stderr } = await run(
      "bash",
      [
        "--norc",
        "-c",
        `source ./completion.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _lambda_layers; printf "%s\\n" "\${COMPREPLY[@]}"`,
        "bash",
        ...words,
      ],
      { cwd: folder.path, env: { PATH: process.env.PATH } },
    );
    assert.deepEqual([code, stderr], [0, ""]);
    return stdout.split("\n").filter(Boolean).sort();
  };

  const cases: [line: string, offered: string[]][] = [
    ["lambda-layers sta", ["status"]],
    ["lambda-layers --dry", ["--dry-run"]],
    ["lambda-layers --stack dev roll", ["rollback"]],
    ["lambda-layers --stack status va", ["validate"]],
    ["lambda-layers status --exp", ["--expect-no-changes"]],
    ["lambda-layers status --dry", []],
    ["lambda-layers backups ", ["--help", "-h", "list", "prune"]],
    ["lambda-layers backups --stack dev pru", ["prune"]],
    ["lambda-layers backups prune --ret", ["--retention-days"]],
    ["lambda-layers completion ", ["--help", "-h", "bash", "fish", "zsh"]],
    ["lambda-layers --config my", ["my config.yaml"]],
    ["lambda-layers --state-file st", ["state.json"]],
    ["lambda-layers --backup-dir ", ["folder"]],
    ["lambda-layers rollback st", ["state.json"]],
    ["lambda-layers rollback --ful", ["--full"]],
    ["lambda-layers --stack ", []],
  ];
  for (const [line, offered] of cases) {
    it(`offers in bash for \`${line}\`: ${offered.join(" ") || "nothing"}`, async () => {
      assert.deepEqual(await complete(line), offered);
    });
  }
});
