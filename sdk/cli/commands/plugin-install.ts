import type { Context } from "../context";
import { printJson } from "../json";

export async function run(context: Context): Promise<number> {
  const { options, stdout, reporter } = context;
  const { plugin, signal } = await context.openPorts();
  if (options.pack !== undefined) {
    const archives = await plugin.pack(options.pack);
    for (const file of archives) reporter.info(`Wrote ${file}`);
    if (options.json) printJson(stdout, { archives });
    return 0;
  }
  const version = await plugin.install(signal);
  reporter.info(`Installed the plugin lambda-layers ${version}`);
  if (options.json) printJson(stdout, { plugin: "lambda-layers", version });
  return 0;
}
