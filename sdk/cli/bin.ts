#!/usr/bin/env node
// The entry point of `lambda-layers`. Old versions of Node.js must be able to parse this file, so it sticks to
// ECMAScript 2015 and loads nothing else before it has checked the version.

const { engines, version } = require("../../package.json");
const needed = parseInt(engines.node.replace(/^\D+/, ""), 10);

if (parseInt(process.versions.node, 10) < needed) {
  console.error(`lambda-layers needs Node.js ${needed} or newer; this is ${process.versions.node}.`);
  process.exitCode = 2;
} else {
  loadMain(codeFolder()).start(version);
}

/** Loads the command line; compiled code is cached between runs, which makes a short run a fifth faster. */
function loadMain(folder: string | undefined): typeof import("./main") {
  if (folder === undefined) return require("./main");
  // For packages, which Node.js loads.
  require("node:module").enableCompileCache?.(folder);
  return require("./compiled").load("main.js", folder, process.argv.slice(2));
}

/**
 * Where compiled code is kept: in the user's own cache folder, not in the temporary folder that Node.js would use, where
 * others could plant code. NODE_COMPILE_CACHE takes precedence, even if empty.
 */
function codeFolder(): string | undefined {
  const { join, isAbsolute } = require("node:path");
  const { LOCALAPPDATA, XDG_CACHE_HOME, HOME, NODE_COMPILE_CACHE, NODE_DISABLE_COMPILE_CACHE } = process.env;
  const cache = LOCALAPPDATA || XDG_CACHE_HOME || join(HOME || "", ".cache");
  const isWanted = NODE_COMPILE_CACHE === undefined && !NODE_DISABLE_COMPILE_CACHE && isAbsolute(cache);
  return isWanted ? join(cache, "pulumi-lambda-layers", "code") : undefined;
}

export {};
