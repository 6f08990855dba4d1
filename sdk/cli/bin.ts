#!/usr/bin/env node
// The entry point of `lambda-layers`. Old versions of Node.js must be able to parse this file, so it sticks to
// ECMAScript 2015 and loads nothing else before it has checked the version.

const { engines, version } = require("../../package.json");
const needed = parseInt(engines.node.replace(/^\D+/, ""), 10);

if (parseInt(process.versions.node, 10) < needed) {
  console.error(`lambda-layers needs Node.js ${needed} or newer; this is ${process.versions.node}.`);
  process.exitCode = 2;
} else {
  keepCompiledCode(require("node:module"));
  require("./main").start(version);
}

/**
 * Caches compiled code between runs, which makes a short run a tenth faster. It is kept in the user's own cache folder,
 * not in the temporary folder that Node.js would use, where others could plant code. NODE_COMPILE_CACHE takes
 * precedence, even if empty.
 */
function keepCompiledCode(node: Partial<typeof import("node:module")>): void {
  const { join, isAbsolute } = require("node:path");
  const { LOCALAPPDATA, XDG_CACHE_HOME, HOME, NODE_COMPILE_CACHE } = process.env;
  const cache = LOCALAPPDATA || XDG_CACHE_HOME || join(HOME || "", ".cache");
  if (NODE_COMPILE_CACHE === undefined && node.enableCompileCache && isAbsolute(cache))
    node.enableCompileCache(join(cache, "pulumi-lambda-layers", "code"));
}

export {};
