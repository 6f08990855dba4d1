import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { confirm, wrapWords } from "../../sdk/cli/confirm";

async function answer(typed: string): Promise<boolean> {
  const [input, output] = [new PassThrough(), new PassThrough()];
  input.end(typed);
  return confirm("Continue?", { input, output, signal: new AbortController().signal });
}

describe("a confirmation", () => {
  const cases: [typed: string, meaning: boolean][] = [
    ...["y\n", "Y\n", "yes\n", "YES\n", "  yes \n"].map((typed): [string, boolean] => [typed, true]),
    ...["\n", "n\n", "no\n", "ye\n", "yesno\n", "yikes\n", "oh yes\n", "ok\n", "", "1\n"].map(
      (typed): [string, boolean] => [typed, false],
    ),
  ];
  for (const [typed, meaning] of cases) {
    it(`by ${JSON.stringify(typed)} is ${meaning ? "given" : "not given"}`, async () => {
      assert.equal(await answer(typed), meaning);
    });
  }

  it("is asked for in lines that fit the terminal, without breaking a word", () => {
    const question = "Update 3 layers of functions in the state of stack development? [y/N]";
    assert.equal(wrapWords(question), question);
    assert.equal(wrapWords(question, 80), question);
    const lines = wrapWords(question, 24).split("\n");
    assert.equal(lines.join(" "), question);
    assert.ok(lines.every((line) => line.length < 24));
    assert.equal(wrapWords("a long-command", 5), "a\nlong-command");
  });

  it("is not given at Ctrl-C", async () => {
    const [input, output, interrupt] = [new PassThrough(), new PassThrough(), new AbortController()];
    const asked = confirm("Continue?", { input, output, signal: interrupt.signal });
    interrupt.abort();
    assert.equal(await asked, false);
  });
});
