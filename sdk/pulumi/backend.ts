import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { shortStackName } from "../core/config/declared";

const filePrefix = "file://";

/**
 * The file in which a backend in a folder keeps a stack; undefined for any other backend.
 * @param url as `pulumi whoami` names the backend
 */
export function checkpointFile(url: string, stack: string, project: string): string | undefined {
  if (!url.startsWith(filePrefix)) return undefined;
  const path = url.slice(filePrefix.length).split("?", 1)[0] ?? "";
  const isHome = path === "~" || path.startsWith("~/");
  const folder = isHome ? join(homedir(), path.slice(1)) : fileURLToPath(`${filePrefix}${path}`);
  return join(folder, ".pulumi/stacks", project, `${shortStackName(stack)}.json`);
}
