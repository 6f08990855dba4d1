import assert from "node:assert/strict";
import { mock } from "node:test";
import { logProgress } from "../../sdk/cli/progress";
import { Output } from "../../sdk/cli/terminal";

describe("progress in a log", () => {
  let lines: string[];
  let output: Output;
  beforeEach(() => {
    lines = [];
    const write = (text: string) => lines.push(text) > 0;
    output = new Output({ write, on: (() => {}) as never }, {});
    mock.timers.enable({ apis: ["setInterval"] });
  });
  afterEach(() => mock.timers.reset());

  it("is a line every ten seconds, with the rate and the remaining time", () => {
    const progress = logProgress(output, "Updating Lambda functions");
    mock.timers.tick(10_000);
    assert.deepEqual(lines, []);
    progress.update(150, 2000);
    mock.timers.tick(9_999);
    assert.deepEqual(lines, []);
    mock.timers.tick(1);
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? "", /^INFO - Updating Lambda functions: 150\/2000, \d+\.\d\/s, (\d+ min )?\d+ s left\n$/);
    progress.update(0, 2000);
    mock.timers.tick(10_000);
    assert.match(lines[1] ?? "", /0\/2000, 0\.0\/s, unknown time left/);
    progress.end();
    mock.timers.tick(60_000);
    assert.equal(lines.length, 2);
  });

  it("shows the elapsed time of a wait, and the pace of what this run has done of resumed work", () => {
    const wait = logProgress(output, "Waiting", { unit: "s" });
    wait.update(10, 60);
    mock.timers.tick(10_000);
    wait.end();
    assert.deepEqual(lines, ["INFO - Waiting: 10 of 60 s\n"]);
    const work = logProgress(output, "Updating", { from: 1000 });
    work.update(1000, 2000);
    mock.timers.tick(10_000);
    work.end();
    assert.match(lines[1] ?? "", /1000\/2000, 0\.0\/s/);
  });

  it("is empty if the total is not known", () => {
    const progress = logProgress(output, "Importing");
    progress.update(5);
    mock.timers.tick(60_000);
    progress.end();
    assert.deepEqual(lines, []);
  });
});
