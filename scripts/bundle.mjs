// Bundles the command into few files: Node.js starts twice as fast if it reads one file instead of fifty. Code that a
// command needs only sometimes stays in separate files, as the sources import it.

import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, parse } from "node:path";
import process from "node:process";
import { rolldown } from "rolldown";
import { checkout } from "./places.mjs";

/** @typedef {import("rolldown").OutputChunk} Chunk */

const require = createRequire(import.meta.url);

/** Large and seldom needed: they stay in the folder where npm installs them. */
const largePackages = [/^@aws-sdk\//, /^@smithy\//, /^@pulumi\//];

/** What the command's entry loads only once it has found Node.js to be new enough. */
const loadedByStart = ["./main", "./compiled", "../../package.json"];

/** Parts of Node.js that take a while to load, and that many runs do not use: they are loaded at the first use. */
const loadedOnUse = [
  ...[
    "node:child_process",
    "node:crypto",
    "node:fs/promises",
    "node:os",
    "node:readline/promises",
    "node:stream/promises",
  ],
  ...["node:timers/promises", "node:zlib"],
];

/** @type {import("rolldown").Plugin} */
const loadOnUse = {
  name: "load-on-use",
  resolveId: (id, importer) => {
    if (!loadedOnUse.includes(id)) return undefined;
    const stub = `\0${id}`;
    return importer === stub ? { id, external: true } : stub;
  },
  load: (id) => {
    const builtin = id.slice(1);
    if (!id.startsWith("\0") || !loadedOnUse.includes(builtin)) return undefined;
    const names = Object.keys(require(builtin));
    return `module.exports = { ${names.map((name) => `get ${name}() { return require("${builtin}").${name}; }`)} };`;
  },
};

/**
 * Writes the command's entry, what it loads, and the licenses of the bundled packages. Files that are up to date are
 * left alone and others are renamed into place, as someone may run the command meanwhile.
 * @param {string} folder
 */
export async function bundleCommand(folder) {
  const chunks = [
    ...(await bundle("sdk/cli/bin.ts", { external: loadedByStart, transform: { target: "es2015" } })),
    ...(await bundle("sdk/cli/compiled.ts", {})),
    ...(await bundle(
      "sdk/cli/main.ts",
      { external: largePackages, resolve: { mainFields: ["module", "main"] }, plugins: [loadOnUse] },
      // What most commands load is in one file: each further file takes Node.js half a millisecond.
      { codeSplitting: { groups: [{ name: "common", minShareCount: 10 }] } },
    )),
  ];
  writeBundle(folder, chunks);
}

/**
 * Writes chunks and the licenses of the packages in them, and removes leftovers of an earlier build.
 *
 * @param {string} folder
 * @param {readonly Chunk[]} chunks
 */
export function writeBundle(folder, chunks) {
  const files = new Map(chunks.map(({ fileName, code }) => [fileName, inAscii(code)]));
  files.set("LICENSES.txt", licenses(chunks.flatMap(({ moduleIds }) => moduleIds)));
  for (const [name, content] of files) write(join(folder, name), content);
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (name.endsWith(".js") && !files.has(name.replaceAll("\\", "/"))) rmSync(join(folder, name), { force: true });
  }
}

/**
 * @param {string} source a file, as a path from the checkout
 * @param {import("rolldown").InputOptions} options
 * @param {import("rolldown").OutputOptions} [output]
 * @returns {Promise<Chunk[]>}
 */
export async function bundle(source, options, output) {
  const name = parse(source).name;
  const input = { [name]: join(checkout, source) };
  const build = await rolldown({ input, platform: "node", ...options });
  const generated = await build.generate({
    ...output,
    format: "cjs",
    // The command's own loader cannot import.
    dynamicImportInCjs: false,
    chunkFileNames: "chunks/[name].js",
    comments: { legal: false, annotation: false, jsdoc: false },
    minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
  });
  await build.close();
  return generated.output.filter((one) => one.type === "chunk");
}

/**
 * With a single other character in it, Node.js would keep a whole file in two bytes per character.
 * @param {string} code
 */
function inAscii(code) {
  return code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** @param {string} file @param {string} content */
export function write(file, content) {
  if (existsSync(file) && readFileSync(file, "utf8") === content) return;
  mkdirSync(dirname(file), { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, content);
  renameSync(unfinished, file);
}

/**
 * The names and licenses of the packages that the files belong to.
 * @param {readonly string[]} paths
 */
function licenses(paths) {
  const folders = new Set(
    paths.flatMap((path) => /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(path) ?? []),
  );
  /** @type {Map<string, string[]>} */
  const byText = new Map();
  for (const folder of [...folders].sort()) {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const text = licenseText(folder, license);
    if (text === undefined) throw new Error(`${name} has no license file to pass on`);
    byText.set(text, [...(byText.get(text) ?? []), `${name} ${version}`]);
  }
  const parts = [...byText].map(([text, names]) => `${names.join("\n")}\n\n${text}\n`);
  return parts.sort().join(`\n${"-".repeat(80)}\n\n`);
}

/**
 * @param {string} folder of a package
 * @param {unknown} license its short name
 */
function licenseText(folder, license) {
  const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
  if (file) return readFileSync(join(folder, file), "utf8").trim();
  // The same text as this package's license.
  return license === "Apache-2.0" ? readFileSync(join(checkout, "LICENSE"), "utf8").trim() : undefined;
}
