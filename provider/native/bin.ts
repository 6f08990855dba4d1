#!/usr/bin/env node
// The plugin's entry point. Old versions of Node.js must be able to parse this file, so it sticks to ECMAScript 2015
// and loads nothing else before it has checked the version.

const { engines, version } = require("./package.json");
const needed = parseInt(engines.node.replace(/^\D+/, ""), 10);

if (parseInt(process.versions.node, 10) < needed) {
  console.error(`The plugin lambda-layers needs Node.js ${needed} or newer; this is ${process.versions.node}.`);
  process.exitCode = 2;
} else {
  keepCompiledCode(require("node:module"));
  require("./main").start(version);
}

/** Caches compiled code between runs, in the user's own cache folder: the plugin starts with every preview. */
function keepCompiledCode(node: Partial<typeof import("node:module")>): void {
  const { join, isAbsolute } = require("node:path");
  const { LOCALAPPDATA, XDG_CACHE_HOME, HOME, NODE_COMPILE_CACHE } = process.env;
  const cache = LOCALAPPDATA || XDG_CACHE_HOME || join(HOME || "", ".cache");
  if (!node.enableCompileCache) return;
  if (NODE_COMPILE_CACHE === undefined && isAbsolute(cache))
    node.enableCompileCache(join(cache, "pulumi-lambda-layers", "code"));
  // The engine ends the plugin by a signal, which leaves no time to write.
  if (node.flushCompileCache) setTimeout(node.flushCompileCache, 500).unref();
}

export {};
