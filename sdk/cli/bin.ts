#!/usr/bin/env node
// What the command `lambda-layers` starts. Old versions of Node.js must be able to read this file, so it keeps to
// ECMAScript 2015 and loads nothing else before the version is known to do.

const { engines, version } = require("../../package.json");
const needed = parseInt(engines.node.replace(/^\D+/, ""), 10);

if (parseInt(process.versions.node, 10) < needed) {
  console.error(`lambda-layers needs Node.js ${needed} or newer; this is ${process.versions.node}.`);
  process.exitCode = 2;
} else {
  require("./main").start(version);
}

export {};
