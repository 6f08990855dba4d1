import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { LayersError } from "../core/errors";
import { reasonOf } from "../core/system-error";
import type { Context } from "./context";

/** What a command writes to a file that the user has named. */
type Written = "report" | "Markdown";

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
  await writeFile(resolve(options.cwd ?? ".", name), text).catch((cause) => cannotWrite(what, name, cause));
  const title = `${what[0]?.toUpperCase()}${what.slice(1)}`;
  if (options.markdown !== true) reporter.info(`${title} written to: ${name}`);
}

/** @throws LayersError `usage` */
export function cannotWrite(what: Written, name: string, cause: unknown): never {
  throw new LayersError("usage", `The ${what} could not be written to ${name}: ${reasonOf(cause)}`, { cause });
}
