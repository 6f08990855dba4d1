// plain-copy.mjs STATE COPY: reads an exported state, checks that it is JSON, and writes its bytes as the built package
// writes files: the least that an update must do.

import { createRequire } from "node:module";
import process from "node:process";

const require = createRequire(import.meta.url);
const { readWhole, replaceFile } = require("../../dist/sdk/files/atomic.js");
const { JsonReader } = require("../../dist/sdk/core/state/reader.js");

const [state = "", copy = ""] = process.argv.slice(2);
const bytes = await readWhole(state);
const reader = new JsonReader(bytes);
reader.skip();
reader.end();
await replaceFile(copy, [bytes]);
