// npm run sdks: generates sdks/python from the plugin's schema, with the code of sdks/overlays.

import { rmSync } from "node:fs";
import { join } from "node:path";
import { sdkGenerator } from "../test/offline/sdk-generator/generator.mjs";
import { exe, passThrough } from "./commands.mjs";
import { interruptible } from "./interruptible.mjs";
import { checkout } from "./places.mjs";

interruptible(async (signal) => {
  const generator = join(await sdkGenerator(signal), exe("generator"));
  const target = join(checkout, "sdks/python");
  rmSync(join(target, "pulumi_lambda_layers"), { recursive: true, force: true });
  const files = [join(checkout, "dist/plugin/schema.json"), target, "python"];
  return passThrough(generator, [...files, join(checkout, "sdks/overlays/python/pins.py")], { cwd: checkout });
});
