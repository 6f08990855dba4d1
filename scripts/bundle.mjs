// The command as few files: a start of Node.js that reads one file instead of fifty takes half the time. What a
// command needs only sometimes stays in files of its own, as the sources import it.

import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { rolldown } from "rolldown";
import { checkout } from "./places.mjs";

/** These are large and seldom needed: they stay in the folder that npm installs them in. */
const largePackages = [/^@aws-sdk\//, /^@smithy\//, /^@pulumi\//];

/** What the start of the command loads only once Node.js is known to be new enough. */
const loadedByStart = ["./main", "../../package.json"];

/**
 * Writes the command's start, what that loads, and the licenses of the packages in it. Files that are up to date are
 * left alone and others renamed into place, as somebody may run the command meanwhile.
 * @param {string} folder
 */
export async function bundleCommand(folder) {
  const chunks = [
    ...(await bundle("bin", { external: loadedByStart, transform: { target: "es2015" } })),
    ...(await bundle("main", { external: largePackages, resolve: { mainFields: ["module", "main"] } })),
  ];
  const files = new Map(chunks.map(({ fileName, code }) => [fileName, code]));
  files.set("LICENSES.txt", licenses(chunks.flatMap(({ moduleIds }) => moduleIds)));
  for (const [name, content] of files) write(join(folder, name), content);
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (name.endsWith(".js") && !files.has(name.replaceAll("\\", "/"))) rmSync(join(folder, name), { force: true });
  }
}

/**
 * @param {string} name of a file of the command's sources
 * @param {import("rolldown").InputOptions} options
 */
async function bundle(name, options) {
  const input = { [name]: join(checkout, `sdk/cli/${name}.ts`) };
  const build = await rolldown({ input, platform: "node", ...options });
  const { output } = await build.generate({
    format: "cjs",
    chunkFileNames: "chunks/[name].js",
    comments: { legal: false, annotation: false, jsdoc: false },
    minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
  });
  await build.close();
  return output.filter((one) => one.type === "chunk");
}

/** @param {string} file @param {string} content */
function write(file, content) {
  if (existsSync(file) && readFileSync(file, "utf8") === content) return;
  mkdirSync(dirname(file), { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, content);
  renameSync(unfinished, file);
}

/**
 * The names and licenses of the packages that files belong to.
 * @param {readonly string[]} paths
 */
function licenses(paths) {
  const folders = new Set(
    paths.flatMap((path) => /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(path) ?? []),
  );
  return [...folders]
    .map((folder) => {
      const { name, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
      const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
      if (!file) throw new Error(`${name} comes without a license that could be passed on`);
      return `${name} ${version}\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
    })
    .sort()
    .join(`\n${"-".repeat(80)}\n\n`);
}
