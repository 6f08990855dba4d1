import { tmpdir } from "node:os";
import { LayersError } from "../core/errors";
import { reasonOf } from "../core/system-error";

/**
 * Creates something in the system's temporary folder.
 * @throws LayersError `pulumi-failed` if that folder cannot be used
 */
export async function createTemporary<T>(create: (folder: string) => Promise<T>): Promise<T> {
  const folder = tmpdir();
  try {
    return await create(folder);
  } catch (cause) {
    throw new LayersError("pulumi-failed", `Cannot write to the temporary folder ${folder}: ${reasonOf(cause)}.`, {
      next: "Create it, or name another one in the environment variable TMPDIR (on Windows, TEMP).",
      cause,
    });
  }
}
