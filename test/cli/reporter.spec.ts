import assert from "node:assert/strict";
import { createReporter } from "../../sdk/cli/reporter";
import { Output } from "../../sdk/cli/terminal";

describe("the reporter", () => {
  const tell = (say: (reporter: ReturnType<typeof createReporter>) => void) => {
    let text = "";
    const write = (part: string) => {
      text += part;
    };
    const output = new Output({ write, on() {} } as never, { NO_COLOR: "1" });
    say(createReporter({ stdout: output, stderr: output, verbose: true, progress: false }));
    return text;
  };
  const odd = "arn:x\u001b[2J\u202e\r\n";

  it("lets no name forge a line or move the cursor", () => {
    const text = tell((reporter) => {
      reporter.info(odd);
      reporter.item(odd);
    });
    assert.equal(text, "INFO - arn:x\\u001b[2J\\u202e\\r\\n\n  - arn:x\\u001b[2J\\u202e\\r\\n\n");
  });

  it("keeps line breaks in warnings and errors, and nothing else that moves the cursor", () => {
    const text = tell((reporter) => {
      reporter.warn(["one", "two\n\u001b[2J"]);
      reporter.error(["one", "two\u2028"]);
      reporter.verbose("one\ntwo\u0007");
    });
    assert.equal(text, "WARNING - one\ntwo\\n\\u001b[2J\nERROR - one\ntwo\\u2028\nDEBUG - one\\ntwo\\u0007\n");
  });
});
