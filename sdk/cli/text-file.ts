import { constants, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { LayersError } from "../core/errors";
import { reasonOf } from "../core/system-error";
import type { Context } from "./context";

/** What a command writes to a file that the user has named. */
type Written = "report" | "Markdown";

/**
 * Writes or replaces a file, unless it is a link: in a checkout of someone else's code it may lead anywhere. Devices,
 * such as /dev/stdout, may be links.
 */
export function writeOwnFile(path: string, text: string): Promise<void> {
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW = 0 } = constants;
  const isDevice = path.startsWith("/dev/");
  return writeFile(path, text, { flag: isDevice ? "w" : O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW });
}

/**
 * Writes a text to a file that the user has named, and says so unless another text goes to stdout.
 * @throws LayersError `usage`
 */
export async function writeText(
  { options, reporter }: Context,
  what: Written,
  name: string,
  text: string,
): Promise<void> {
  await writeOwnFile(resolve(options.cwd ?? ".", name), text).catch((cause) => cannotWrite(what, name, cause));
  const title = `${what[0]?.toUpperCase()}${what.slice(1)}`;
  if (options.markdown !== true) reporter.info(`${title} written to: ${name}`);
}

/** @throws LayersError `usage` */
export function cannotWrite(what: Written, name: string, cause: unknown): never {
  throw new LayersError("usage", `The ${what} could not be written to ${name}: ${reasonOf(cause)}`, { cause });
}
