import { readdirSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { LayersError, unchanged } from "../core/errors";
import { didYouMean } from "../core/nearest";

/** @throws LayersError `usage` if the working directory of a run does not exist, or is not a folder */
export function refuseMissingFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  throw new LayersError("usage", `There is no folder ${folder}.`, {
    next: didYouMean(basename(folder), foldersBeside(folder), (name) => join(dirname(folder), name)),
    changed: unchanged,
  });
}

function foldersBeside(folder: string): string[] {
  try {
    const entries = readdirSync(dirname(resolve(folder)), { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch {
    return [];
  }
}
