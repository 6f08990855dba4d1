// mocha's own report, and its figures in a file where LAMBDA_LAYERS_FIGURES names one.

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
    const file = process.env.LAMBDA_LAYERS_FIGURES;
    if (!file) return;
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { passes = 0, failures = 0 } = runner.stats ?? {};
      writeFileSync(file, `${passes} passed, ${failures} failed\n`);
    });
  }
};
