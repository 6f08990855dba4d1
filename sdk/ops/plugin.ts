import type { Ports } from "../ports";

/** Installs the native plugin of this package into Pulumi's own folder of plugins. */
export async function installPlugin({ plugin, reporter, signal }: Ports): Promise<string> {
  const version = await plugin.install(signal);
  reporter.info(`Installed the plugin lambda-layers ${version}`);
  return version;
}

/** Writes the native plugin as the archives of a release. */
export async function packPlugin({ plugin, reporter }: Ports, folder: string): Promise<string[]> {
  const files = await plugin.pack(folder);
  for (const file of files) reporter.info(`Wrote ${file}`);
  return files;
}
