import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { confirm } from "../../sdk/cli/confirm";

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

  it("is not given at Ctrl-C", async () => {
    const [input, output, interrupt] = [new PassThrough(), new PassThrough(), new AbortController()];
    const asked = confirm("Continue?", { input, output, signal: interrupt.signal });
    interrupt.abort();
    assert.equal(await asked, false);
  });
});
