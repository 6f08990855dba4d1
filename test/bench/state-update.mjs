// Updates the layer versions in an exported state with the built package's own parts: state-update.mjs STATE OUT
// Prints a JSON object: milliseconds that the scan took, and the most memory in bytes that the process had.

import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import process from "node:process";

const require = createRequire(import.meta.url);
const { readWhole, replaceFile } = require("../../dist/sdk/files/atomic.js");
const { patchState, versionEdits } = require("../../dist/sdk/core/state/patch.js");
const { scanState } = require("../../dist/sdk/core/state/scan.js");

const [source = "", target = ""] = process.argv.slice(2);
const bytes = await readWhole(source);
const start = performance.now();
const { functions } = scanState(bytes);
const scan = performance.now() - start;
const edits = versionEdits(functions, (arn) => (arn.includes(":receipt-dynamo-dev:") ? 5 : undefined));
await replaceFile(target, patchState(bytes, edits));
console.log(JSON.stringify({ scan, memory: mostMemory() }));

/** On Linux, resourceUsage() counts the memory of the process that started this one, too. */
function mostMemory() {
  const status = "/proc/self/status";
  const found = existsSync(status) && /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(status, "utf8"));
  return (found ? Number(found[1]) : process.resourceUsage().maxRSS) * 1024;
}
