// npm test: sets up, builds, and runs everything that must pass. With `--soak`, everything that has two sizes is tried
// in the larger one; other arguments go to mocha. Until the dependencies are there, this runs in the Node.js that npm
// itself has, which may be as old as 20.

import { randomInt } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { capture } from "./commands.mjs";
import { interruptible } from "./interruptible.mjs";
import { cacheFolder, checkout } from "./places.mjs";
import { setUp } from "./setup.mjs";
import { runSpecs } from "./specs.mjs";

const lightSdk = join(checkout, "test/support/light-sdk.cjs");

interruptible(async (signal) => {
  const soak = process.argv.includes("--soak");
  const args = process.argv.slice(2).filter((arg) => arg !== "--soak");
  const prepared = await setUp(signal);
  const seed = process.env.LAMBDA_LAYERS_SEED || String(randomInt(2 ** 31));
  const env = {
    ...prepared.env,
    LAMBDA_LAYERS_SEED: seed,
    ...(soak ? { LAMBDA_LAYERS_SOAK: "1" } : { NODE_OPTIONS: `--require=${JSON.stringify(lightSdk)}` }),
    // Hundreds of programs, plugins and commands start from the same code.
    NODE_COMPILE_CACHE: join(cacheFolder(), "compiled"),
  };
  /** @type {string[]} */
  const failed = [];

  /**
   * Runs a check whose output matters only if it fails.
   *
   * @param {string} name
   * @param {string[]} line the command and its arguments
   */
  const check = async (name, [command = "", ...rest]) => {
    let messages = "";
    const print = (/** @type {Buffer} */ data) => {
      messages += data;
    };
    const { code, stdout } = await capture(command, rest, { cwd: checkout, env, signal, print });
    signal.throwIfAborted();
    process.stdout.write(code === 0 ? `${name}: passed\n` : `${name}: failed\n${stdout}${messages}`);
    if (code !== 0) failed.push(name);
  };

  const lint = check("lint", ["biome", "check", "--error-on-warnings"]);
  await check("build", ["node", "scripts/build.mjs"]);
  const types = check("type check", ["tsc", "-p", "tsconfig.json"]);
  if (failed.includes("build")) {
    failed.push("tests, as there is no build");
  } else {
    process.stdout.write(`LAMBDA_LAYERS_SEED=${seed} tries the same properties again.\n`);
    const { ok, again, ...figures } = await runSpecs(specs(), [...mochaOptions(), ...args], { cwd: checkout, env });
    if (!ok) failed.push("tests");
    process.stdout.write(`Spec files run again after a crash of the engine: ${[again.length, ...again].join(" ")}\n`);
    const file = process.env.LAMBDA_LAYERS_FIGURES;
    if (file) await writeFile(file, `${figures.passed} passed, ${figures.failed} failed\n`);
  }
  await Promise.all([lint, types]);

  if (failed.length > 0) process.stdout.write(`Failed: ${failed.join("; ")}.\n`);
  return failed.length === 0 ? 0 : 1;
});

/** All specs, first those that allow a test most time: one that starts late would run on alone in the end. */
function specs() {
  const allowed = (/** @type {string} */ file) => {
    const times = readFileSync(join(checkout, file), "utf8").matchAll(/\btimeout\(([\d_]+)\)/g);
    return Math.max(0, ...Array.from(times, ([, time = ""]) => Number(time.replaceAll("_", ""))));
  };
  const files = readdirSync(join(checkout, "test"), { encoding: "utf8", recursive: true })
    .filter((file) => file.endsWith(".spec.ts"))
    .map((file) => join("test", file));
  return files
    .map((file) => ({ file, time: allowed(file) }))
    .toSorted((a, b) => b.time - a.time)
    .map(({ file }) => file);
}

function mochaOptions() {
  // One more than there are cores: engines and programs also wait for each other.
  const jobs = availableParallelism() + 1;
  return ["--parallel", "--jobs", String(jobs), "--forbid-only", "--forbid-pending"];
}
