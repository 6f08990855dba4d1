// npm run soak -- PART [SHARE]: runs one of the long tests in full, or a share of it such as 0.1. It prints how much
// was tried, and ends with 0 if everything held.

import { randomInt } from "node:crypto";
import process from "node:process";
import { passThrough } from "./commands.mjs";
import { interruptible } from "./interruptible.mjs";
import { checkout } from "./places.mjs";
import { setUp } from "./setup.mjs";

/** Runs of specs, each with its own environment. @type {Readonly<Record<string, readonly Run[]>>} */
const parts = {
  patches: [{ specs: ["test/core/state/patch.spec.ts"] }],
  kills: [
    { specs: ["test/cli/kill.spec.ts", "test/ops/fleet-kill.spec.ts"] },
    // This one uses moto, which needs Python 3.10 or newer.
    { specs: ["test/cli/kill.spec.ts"], env: { LAMBDA_LAYERS_BACKEND: "S3" } },
  ],
  lies: [{ specs: ["test/lies/lies.spec.ts"] }],
};

/** @typedef {{readonly specs: readonly string[], readonly env?: Readonly<Record<string, string>>}} Run */

interruptible(async (signal) => {
  const [part = "", share = "1"] = process.argv.slice(2);
  const runs = Object.hasOwn(parts, part) ? parts[part] : undefined;
  if (!runs || !(Number(share) > 0 && Number(share) <= 1)) {
    process.stderr.write(`Usage: npm run soak -- ${Object.keys(parts).join("|")} [SHARE], a number up to 1\n`);
    return 2;
  }
  const prepared = await setUp(signal);
  const seed = process.env.LAMBDA_LAYERS_SEED || String(randomInt(2 ** 31));
  const own = { LAMBDA_LAYERS_SOAK: "1", LAMBDA_LAYERS_SHARE: share, LAMBDA_LAYERS_SEED: seed };
  const env = { ...prepared.env, ...own };
  process.stdout.write(`LAMBDA_LAYERS_SEED=${seed} tries the same again.\n`);
  const built = await passThrough("node", ["scripts/build.mjs"], { cwd: checkout, env });
  let failed = built;
  for (const { specs, env: more } of built ? [] : runs)
    failed = (await passThrough("mocha", ["--exit", ...specs], { cwd: checkout, env: { ...env, ...more } })) || failed;
  return failed;
});
