import assert from "node:assert/strict";
import { createReporter, reportError } from "../../sdk/cli/reporter";
import { Output } from "../../sdk/cli/terminal";
import { LayersError } from "../../sdk/core/errors";

/** Reports an error; returns what was printed and the exit status. */
function tell(error: unknown, verbose: boolean): { text: string; status: number } {
  let text = "";
  const write = (part: string) => {
    text += part;
  };
  const output = new Output({ write, on() {} } as never, {});
  const reporter = createReporter({ stdout: output, stderr: output, verbose, progress: false });
  const status = reportError(reporter, error).exitStatus;
  return { text, status };
}

describe("errors", () => {
  const disk = new Error("the disk is on fire");
  const known = new LayersError("pulumi-login", "Not logged in.", { next: "Log in.", cause: disk });

  it("say what happened and what to do, without a stack trace", () => {
    assert.deepEqual(tell(known, false), { text: "ERROR - Not logged in.\nLog in.\n", status: 3 });
  });

  it("that are unexpected take one line, and say how to learn more", () => {
    const { text, status } = tell(disk, false);
    assert.match(text, /^ERROR - Unexpected error: the disk is on fire\nRun again with --verbose [^\n]+\n$/);
    assert.equal(status, 1);
  });

  it("show with --verbose where they and their causes come from", () => {
    for (const error of [disk, known]) {
      const { text } = tell(error, true);
      assert.match(text, /^DEBUG - Error: the disk is on fire\nDEBUG - +at /m);
    }
    assert.match(tell(known, true).text, /^DEBUG - LayersError: Not logged in\.\nDEBUG - +at /m);
  });

  it("that are not Error objects are reported too", () => {
    assert.match(tell("a text", false).text, /^ERROR - Unexpected error: a text\n/);
  });
});
