import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { zipSync } from "fflate";
import { isObject, type Value } from "./values.mts";

/** Every run makes the same bytes from the same files, so that a hash tells whether the code has changed. */
const mtime = new Date(1980, 0, 1);

/**
 * The zip file of an archive.
 *
 * @throws {Error} for anything but a zip file, a folder, or a map of strings and files
 */
export async function zipOf(archive: Value | undefined): Promise<Uint8Array> {
  if (isObject(archive) && typeof archive.path === "string") {
    const { path } = archive;
    if ((await stat(path)).isDirectory()) return zip(await folder(path));
    if (path.endsWith(".zip")) return readFile(path);
  }
  return zip(await entries(archive));
}

function zip(files: Record<string, Uint8Array>): Uint8Array {
  const sorted = Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
  return zipSync(sorted, { mtime });
}

async function entries(archive: Value | undefined): Promise<Record<string, Uint8Array>> {
  if (!isObject(archive) || !isObject(archive.assets)) {
    throw new Error("the stand-in for the AWS provider takes code from a .zip file, a folder or an asset archive only");
  }
  const found: Record<string, Uint8Array> = {};
  for (const [name, asset] of Object.entries(archive.assets)) {
    if (isObject(asset) && typeof asset.text === "string" && asset.text !== "") found[name] = Buffer.from(asset.text);
    else if (isObject(asset) && typeof asset.path === "string") Object.assign(found, await files(name, asset.path));
    else if (isObject(asset) && isObject(asset.assets)) Object.assign(found, under(name, await entries(asset)));
    else found[name] = new Uint8Array();
  }
  return found;
}

async function files(name: string, path: string): Promise<Record<string, Uint8Array>> {
  return (await stat(path)).isDirectory() ? under(name, await folder(path)) : { [name]: await readFile(path) };
}

async function folder(path: string): Promise<Record<string, Uint8Array>> {
  const found = await readdir(path, { recursive: true, withFileTypes: true });
  const paths = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const read = async (file: string) => [file.slice(join(path, "/").length), await readFile(file)] as const;
  return Object.fromEntries(await Promise.all(paths.map(read)));
}

function under(name: string, files: Record<string, Uint8Array>): Record<string, Uint8Array> {
  return Object.fromEntries(Object.entries(files).map(([path, bytes]) => [`${name}/${path}`, bytes]));
}
