import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { LayersError } from "../core/errors";
import { reasonOf } from "../core/system-error";
import { count, listNames } from "../core/text";
import type { AvailableLayer } from "../ops/available";
import { versionOf } from "../ops/upgrade-entry";
import type { Context } from "./context";
import { writeOwnFile } from "./text-file";

/** Versions of one entry of the config, each with its publication time if AWS gives one. */
export type Feed = Map<number, Date | undefined>;

/** The version feeds of a run. */
export interface Feeds {
  /** By entry name. */
  readonly byEntry: Map<string, Feed>;
  /** Entries whose variants have versions of their own, which are not in a feed because a feed tracks one number. */
  readonly varying: Set<string>;
}

/** Adds what is known about entries: the declared version, and the newest one that suits all layers of the entry. */
export function addToFeeds({ byEntry, varying }: Feeds, layers: readonly AvailableLayer[]): void {
  for (const [entry, all] of Map.groupBy(layers, (row) => row.entry)) {
    const rows = all.filter(({ variant }) => !variant?.hasVersion);
    if (rows.length < all.length) varying.add(entry);
    // If one layer could not be read, it may lack a version that the others have.
    if (rows.length === 0 || rows.some(({ code, compatible }) => code !== undefined || compatible === undefined))
      continue;
    const feed = byEntry.get(entry) ?? new Map<number, Date | undefined>();
    const newest = rows.reduce((least, row) => (versionOf(row) < versionOf(least) ? row : least));
    for (const { declared } of rows) if (!feed.has(declared)) feed.set(declared, undefined);
    feed.set(versionOf(newest), newest.compatible?.published);
    byEntry.set(entry, feed);
  }
}

/**
 * The document of one entry, as Renovate's custom datasource reads it:
 * https://docs.renovatebot.com/modules/datasource/custom/
 */
function feedDocument(feed: Feed) {
  const versions = [...feed].sort(([a], [b]) => a - b);
  return {
    releases: versions.map(([version, published]) => ({
      version: String(version),
      ...(published && { releaseTimestamp: published.toISOString() }),
    })),
  };
}

/**
 * Writes a file `ENTRY.json` for each fully known entry.
 * @throws LayersError `usage` if they cannot be written
 */
export async function writeFeeds({ options, reporter }: Context, folder: string, { byEntry, varying }: Feeds) {
  const path = resolve(options.cwd ?? ".", folder);
  try {
    await mkdir(path, { recursive: true });
    for (const [entry, feed] of byEntry) {
      const text = `${JSON.stringify(feedDocument(feed), undefined, 2)}\n`;
      await writeOwnFile(join(path, `${encodeURIComponent(entry)}.json`), text);
    }
  } catch (cause) {
    throw new LayersError("usage", `The feed could not be written to ${folder}: ${reasonOf(cause)}`, { cause });
  }
  if (varying.size > 0)
    reporter.warn(
      `Entries whose variants have their own versions are not in the feed, which holds one version per entry: ${listNames([...varying])}. Use \`upgrade\` to edit them.`,
    );
  reporter.info(`Feed of ${count(byEntry.size, "entry", "entries")} written to: ${folder}`);
}
