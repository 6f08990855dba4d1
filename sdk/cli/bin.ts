#!/usr/bin/env node
// What the command `lambda-layers` starts. Old versions of Node.js must be able to read this file, so it keeps to
// ECMAScript 2015 and loads nothing else before the version is known to do.

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
 * Keeps compiled code from run to run: it takes a tenth off a short one. In the user's own cache folder, not in the
 * temporary one that Node.js would take, as whoever may write there could plant code. NODE_COMPILE_CACHE goes first,
 * also if it is empty.
 */
function keepCompiledCode(node: Partial<typeof import("node:module")>): void {
  const { join, isAbsolute } = require("node:path");
  const { LOCALAPPDATA, XDG_CACHE_HOME, HOME, NODE_COMPILE_CACHE } = process.env;
  const cache = LOCALAPPDATA || XDG_CACHE_HOME || join(HOME || "", ".cache");
  if (NODE_COMPILE_CACHE === undefined && node.enableCompileCache && isAbsolute(cache))
    node.enableCompileCache(join(cache, "pulumi-lambda-layers", "code"));
}

export {};
