// npm run -s pulumi:path: prints the folder to put first on PATH so that `pulumi` and our CLI work.

import process from "node:process";
import { interruptible } from "./interruptible.mjs";
import { setUp } from "./setup.mjs";

interruptible(async (signal) => {
  const { folder } = await setUp(signal);
  process.stdout.write(`${folder}\n`);
  return 0;
});
