// npm test: sets up, builds, and runs everything that has to pass. `--soak` runs tests in full; other
// arguments go to mocha.

import { randomInt } from "node:crypto";
import process from "node:process";
import { capture, passThrough } from "./commands.mjs";
import { interruptible } from "./interruptible.mjs";
import { checkout } from "./places.mjs";
import { setUp } from "./setup.mjs";

interruptible(async (signal) => {
  const soak = process.argv.includes("--soak");
  const args = process.argv.slice(2).filter((arg) => arg !== "--soak");
  const prepared = await setUp(signal);
  const env = {
    LAMBDA_LAYERS_SEED: String(randomInt(2 ** 31)),
    ...prepared.env,
    ...(soak ? { LAMBDA_LAYERS_SOAK: "1" } : {}),
  };

  /**
   * Runs a check whose output matters only when it fails.
   *
   * @param {string} name
   * @param {string} command
   * @param {string[]} args
   */
  const check = async (name, command, args) => {
    let messages = "";
    const print = (/** @type {Buffer} */ data) => {
      messages += data;
    };
    const { code, stdout } = await capture(command, args, { cwd: checkout, env, signal, print });
    process.stdout.write(code === 0 ? `${name}: passed\n` : `${name}: failed\n${stdout}${messages}`);
    return code === 0;
  };

  const lint = check("lint", "biome", ["check", "--error-on-warnings"]);
  const built = await check("build", "node", ["test/toolchain/build.mjs"]);
  const types = check("type check", "tsc", ["-p", "tsconfig.json"]);
  const strict = ["--forbid-only", "--forbid-pending", "--reporter", "test/toolchain/reporter.cjs"];
  const tested = built && (await passThrough("mocha", [...strict, ...args], { cwd: checkout, env })) === 0;
  const passed = [built, tested, ...(await Promise.all([lint, types]))];
  signal.throwIfAborted();
  return passed.every(Boolean) ? 0 : 1;
});
