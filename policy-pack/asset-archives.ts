import { asset, runtime } from "@pulumi/pulumi";
import { readOptional } from "./function-view";

/**
 * Makes an archive that is composed of assets, as a function's code often is, survive a remediation: the policy SDK
 * (1.21) sends only the names of its assets back, which the engine refuses. Such archives among the properties are
 * replaced by what the engine understands.
 */
export async function keepAssetArchives(props: Record<string, unknown>): Promise<void> {
  for (const key of Object.keys(props)) {
    const value = readOptional(() => props[key]);
    if (isAssetArchive(value)) props[key] = await wireForm(value);
  }
}

function isAssetArchive(value: unknown): value is asset.AssetArchive {
  return asset.Archive.isInstance(value) && "assets" in value;
}

async function wireForm(archive: asset.AssetArchive): Promise<object> {
  // Read past the SDK's proxies: they wrap the promise too, and a wrapped promise cannot be awaited.
  const assets: asset.AssetMap = await Object.getOwnPropertyDescriptor(archive, "assets")?.value;
  const entries = Object.entries(assets).map(async ([path, part]) => [
    path,
    isAssetArchive(part) ? await wireForm(part) : part,
  ]);
  return { [runtime.specialSigKey]: runtime.specialArchiveSig, assets: Object.fromEntries(await Promise.all(entries)) };
}
