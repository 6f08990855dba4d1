import { setFlagsFromString } from "node:v8";

/**
 * Otherwise V8 reserves 100 MB for new objects once there are many, and leaves most of it unused. Called only once the
 * command's code is loaded, because Node.js recompiles each of its modules if its flags differ.
 */
export function keepNewObjectsSmall(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
}
