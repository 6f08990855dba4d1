// mocha's own report, plus the outcome of each spec file in the file that LAMBDA_LAYERS_RESULTS names: JSON, a list of
// pairs of path and result.

const { writeFileSync } = require("node:fs");
const process = require("node:process");
const { reporters, Runner } = require("mocha");

module.exports = class extends reporters.Spec {
  /**
   * @param {import("mocha").Runner} runner
   * @param {import("mocha").MochaOptions} options
   */
  constructor(runner, options) {
    super(runner, options);
    const output = process.env.LAMBDA_LAYERS_RESULTS;
    if (!output) return;
    /** @type {Map<string, import("./specs.mjs").FileResult>} */
    const files = new Map();
    const resultOf = (/** @type {import("mocha").Runnable} */ { file = "" }) => {
      const result = files.get(file) ?? { passed: 0, failed: 0, crashed: false };
      files.set(file, result);
      return result;
    };
    const { EVENT_TEST_PASS, EVENT_TEST_FAIL, EVENT_RUN_END } = Runner.constants;
    runner.on(EVENT_TEST_PASS, (test) => {
      resultOf(test).passed++;
    });
    runner.on(EVENT_TEST_FAIL, (test, /** @type {any} */ error) => {
      const result = resultOf(test);
      result.failed++;
      result.crashed ||= error?.code === "ENGINE_CRASHED";
    });
    runner.once(EVENT_RUN_END, () => writeFileSync(output, JSON.stringify([...files])));
  }
};
