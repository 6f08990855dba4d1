import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { Output } from "../../sdk/cli/terminal";

describe("an output", () => {
  /** An output to a stream, and what was written to it. */
  function outputOf(stream: { isTTY?: boolean; columns?: number }, env: NodeJS.ProcessEnv = {}) {
    const written: string[] = [];
    const write = (text: string) => written.push(text);
    const emitter = Object.assign(new EventEmitter(), { write, ...stream });
    return { output: new Output(emitter as never, env), emitter, written };
  }

  for (const [isTTY, env, colored] of [
    [true, {}, true],
    [false, {}, false],
    [true, { TERM: "dumb" }, false],
    [true, { NO_COLOR: "1" }, false],
    [true, { NO_COLOR: "" }, true],
    [false, { FORCE_COLOR: "1" }, true],
    [true, { FORCE_COLOR: "0" }, false],
    [true, { FORCE_COLOR: "false" }, false],
    [true, { NO_COLOR: "1", FORCE_COLOR: "1" }, false],
  ] as const) {
    it(`${isTTY ? "to a terminal" : "elsewhere"} with ${JSON.stringify(env)} has ${colored ? "" : "no "}colours`, () => {
      assert.equal(outputOf({ isTTY }, env).output.colors.red("x") !== "x", colored);
    });
  }

  it("is as wide as its terminal, 80 if that does not say, and unlimited elsewhere", () => {
    assert.equal(outputOf({ isTTY: true, columns: 120 }).output.width, 120);
    assert.equal(outputOf({ isTTY: true, columns: 0 }).output.width, 80);
    assert.equal(outputOf({ columns: 120 }).output.width, undefined);
  });

  it("is interactive on a terminal that can move its cursor", () => {
    assert.equal(outputOf({ isTTY: true }).output.isTerminal, true);
    assert.equal(outputOf({ isTTY: true }, { TERM: "dumb" }).output.isTerminal, false);
    assert.equal(outputOf({}).output.isTerminal, false);
  });

  for (const code of ["EPIPE", "ENOSPC"]) {
    it(`drops its text after ${code}, and does not end the run`, () => {
      const { output, emitter, written } = outputOf({});
      output.line("read");
      emitter.emit("error", Object.assign(new Error("write"), { code }));
      output.line("not read");
      assert.deepEqual(written, ["read\n"]);
    });
  }
});
