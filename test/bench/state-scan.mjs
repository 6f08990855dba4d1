// state-scan.mjs STATE: prints how many milliseconds of CPU time the built package needs to scan an exported state.

import { createRequire } from "node:module";
import process from "node:process";

const require = createRequire(import.meta.url);
const { readWhole } = require("../../dist/sdk/files/atomic.js");
const { scanState } = require("../../dist/sdk/core/state/scan.js");

const [file = ""] = process.argv.slice(2);
const bytes = await readWhole(file);
const start = process.cpuUsage();
scanState(bytes);
const { user, system } = process.cpuUsage(start);
console.log((user + system) / 1000);
