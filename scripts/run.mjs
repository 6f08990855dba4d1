// node scripts/run.mjs COMMAND [ARGUMENT...]: sets up, builds, and runs a command of the checkout.

import process from "node:process";
import { passThrough } from "./commands.mjs";
import { interruptible } from "./interruptible.mjs";
import { checkout } from "./places.mjs";
import { setUp } from "./setup.mjs";

interruptible(async (signal) => {
  const [command = "", ...args] = process.argv.slice(2);
  const { env } = await setUp(signal);
  const built = await passThrough("node", ["scripts/build.mjs"], { cwd: checkout, env });
  return built || passThrough(command, args, { cwd: checkout, env });
});
