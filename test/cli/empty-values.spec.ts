import assert from "node:assert/strict";
import { commands } from "../../sdk/cli/commands";
import { createOption } from "../../sdk/cli/options";
import { createProgram } from "../../sdk/cli/program";
import { Output } from "../../sdk/cli/terminal";
import { LayersError } from "../../sdk/core/errors";

const all = commands.flatMap((one) => [one, ...(one.commands ?? [])]);
const names = [...new Set(all.flatMap(({ options }) => options))];
const withValue = names.filter((name) => {
  const { required, optional } = createOption(name);
  return required || optional;
});

describe("an empty value, as from an unset shell variable, is refused", () => {
  for (const name of withValue) {
    const option = createOption(name);
    it(`for ${option.long}`, () => {
      for (const empty of ["", " "])
        assert.throws(() => createOption(name).parseArg?.(empty, undefined as never), {
          code: "commander.invalidArgument",
        });
    });
  }

  for (const command of all.filter(({ argument }) => argument)) {
    it(`for the argument of ${command.name}`, async () => {
      const lines: string[] = [];
      const output = new Output({ write: (text: string) => lines.push(text), on: () => {} } as never, {});
      const words = [command.name, ""];
      const program = createProgram({
        ...{ words, version: "0.0.0", stdout: output, stderr: output },
        runCommand: () => assert.fail("it ran"),
      });
      await assert.rejects(program.parseAsync(words, { from: "user" }), (error) => {
        assert.ok(error instanceof LayersError);
        assert.equal(error.code, "usage");
        return true;
      });
    });
  }
});
