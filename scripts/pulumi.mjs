// npm run -s pulumi -- ARGS: runs the engine in the directory where npm was called.

import process from "node:process";
import { passThrough } from "./commands.mjs";
import { interruptible } from "./interruptible.mjs";
import { setUp } from "./setup.mjs";

interruptible(async (signal) => {
  const { env } = await setUp(signal);
  const cwd = process.env.INIT_CWD ?? process.cwd();
  return passThrough("pulumi", process.argv.slice(2), { cwd, env: { ...env, PWD: cwd } });
});
