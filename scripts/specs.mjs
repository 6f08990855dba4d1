// Runs the specs. Pulumi's engine now and then crashes by itself; specs in which it did run once more, each file as a
// whole, so that the stack and AWS are fresh.

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { passThrough } from "./commands.mjs";
import { checkout } from "./places.mjs";

/**
 * @typedef {object} FileResult the outcome of one spec file
 * @property {number} passed
 * @property {number} failed
 * @property {boolean} crashed whether one of its failures was a crash of the engine
 *
 * @typedef {object} Result
 * @property {boolean} ok
 * @property {number} passed tests; for files that ran twice, those of the second run
 * @property {number} failed
 * @property {string[]} again the files that ran twice
 */

/**
 * Runs specs with mocha. Files in which the engine crashed run once more, and only the second run counts: what fails
 * without a crash, or twice, stays failed.
 *
 * @param {string[]} specs paths or patterns
 * @param {string[]} options additional arguments for mocha
 * @param {{cwd: string, env: import("./commands.mjs").Environment}} settings
 * @returns {Promise<Result>}
 */
export async function runSpecs(specs, options, settings) {
  const first = await runMocha([...options, ...specs], settings);
  const again = [...first.files].filter(([file, { crashed }]) => file && crashed).map(([file]) => file);
  if (again.length === 0) return { ok: first.code === 0, ...sum(first.files.values()), again };

  const rest = sum([...first.files].filter(([file]) => !again.includes(file)).map(([, result]) => result));
  const second = await runMocha([...options, ...again], settings);
  const { passed, failed } = sum(second.files.values());
  return {
    ok: rest.failed === 0 && second.code === 0,
    passed: rest.passed + passed,
    failed: rest.failed + failed,
    again,
  };
}

/**
 * @param {string[]} args
 * @param {{cwd: string, env: import("./commands.mjs").Environment}} settings
 * @returns {Promise<{code: number, files: Map<string, FileResult>}>} no files if mocha did not run them
 */
async function runMocha(args, { cwd, env }) {
  const folder = await mkdtemp(join(tmpdir(), "lambda-layers-results-"));
  try {
    const file = join(folder, "results.json");
    const reporter = ["--reporter", join(checkout, "scripts", "reporter.cjs")];
    const code = await passThrough("mocha", [...reporter, ...args], {
      cwd,
      env: { ...env, LAMBDA_LAYERS_RESULTS: file },
    });
    return { code, files: new Map(JSON.parse(await readFile(file, "utf8").catch(() => "[]"))) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** @param {Iterable<FileResult>} results */
function sum(results) {
  let [passed, failed] = [0, 0];
  for (const one of results) {
    passed += one.passed;
    failed += one.failed;
  }
  return { passed, failed };
}
