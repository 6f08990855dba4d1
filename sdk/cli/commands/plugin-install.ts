import { installPlugin, packPlugin } from "../../ops/plugin";
import type { Context } from "../context";
import { printJson } from "../json";

export async function run(context: Context): Promise<number> {
  const { options, stdout } = context;
  const ports = await context.openPorts();
  if (options.pack !== undefined) {
    const archives = await packPlugin(ports, options.pack);
    if (options.json) printJson(stdout, { archives });
    return 0;
  }
  const version = await installPlugin(ports);
  if (options.json) printJson(stdout, { plugin: "lambda-layers", version });
  return 0;
}
