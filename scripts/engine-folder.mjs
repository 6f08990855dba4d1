// A folder to put first on PATH if the machine's own commands are not enough.

import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, link, mkdir, realpath, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { capture, exe, isExecutable, onPath, windows } from "./commands.mjs";
import { checkout } from "./places.mjs";

/** The oldest major version of Node that `@pulumi/pulumi` and our CLI run on. */
const OLDEST_NODE = 22;

const HOSTS = ["pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"];

/**
 * @typedef {object} Entry
 * @property {string} name of the command
 * @property {string} target the file that it starts
 * @property {"file" | "link" | "script"} kind a plain file, a link, or a link to a Node script
 *
 * @typedef {object} Options
 * @property {string} cache the user's cache folder
 * @property {import("./commands.mjs").Environment} env
 */

/**
 * The folder for an engine that was built here: the engine, and the language hosts of this checkout.
 *
 * @param {string} pulumi
 * @param {Options} options
 */
export async function folderForBuilt(pulumi, { cache, env }) {
  // The engine looks for language hosts beside the file it was started from; a link would hide that file.
  /** @type {Entry[]} */
  const entries = [{ name: "pulumi", target: pulumi, kind: "file" }];
  for (const name of HOSTS)
    entries.push({ name, target: join(checkout, "test", "offline", "language-host", name), kind: "script" });
  return assemble([...entries, ...(await newerNode(env))], cache);
}

/**
 * The folder for an engine with its own language hosts: its own folder, unless the machine's Node is too old.
 *
 * @param {string} folder
 * @param {Options} options
 */
export async function folderForInstalled(folder, { cache, env }) {
  const node = await newerNode(env);
  if (node.length === 0) return folder;
  /** @type {Entry[]} */
  const entries = ["pulumi", ...HOSTS].map((name) => ({ name, target: join(folder, exe(name)), kind: "link" }));
  return assemble([...entries.filter(({ target }) => isExecutable(target)), ...node], cache);
}

/**
 * The Node from the checkout's dependencies, if the machine's own is too old or missing.
 *
 * @param {import("./commands.mjs").Environment} env
 * @returns {Promise<Entry[]>}
 */
async function newerNode(env) {
  const [node] = onPath("node", env);
  const version = node && (await capture(node, ["--version"], { env })).stdout;
  if (Number(/^v(\d+)\./.exec(version ?? "")?.[1]) >= OLDEST_NODE) return [];
  return [{ name: "node", target: join(checkout, "node_modules", "node", "bin", exe("node")), kind: "link" }];
}

/**
 * Makes a folder of commands, or reuses one: its name is a digest of its content.
 *
 * @param {Entry[]} entries
 * @param {string} cache
 */
async function assemble(entries, cache) {
  const digest = createHash("sha256").update(JSON.stringify(entries)).digest("hex").slice(0, 16);
  const folder = join(cache, "path", digest);
  if (!existsSync(folder)) {
    const partial = `${folder}.partial-${randomUUID()}`;
    await mkdir(partial, { recursive: true });
    await Promise.all(entries.map((entry) => place(entry, partial)));
    await rename(partial, folder).catch(async (error) => {
      await rm(partial, { recursive: true });
      if (!existsSync(folder)) throw error; // otherwise another process was faster
    });
  }
  // The engine warns about language hosts on PATH that are not beside it, and compares resolved paths.
  return realpath(folder);
}

/**
 * @param {Entry} entry
 * @param {string} folder
 */
async function place({ name, target, kind }, folder) {
  if (kind === "file") {
    const path = join(folder, exe(name));
    await link(target, path).catch(() => copyFile(target, path));
  } else if (windows) {
    await writeFile(join(folder, `${name}.cmd`), `@${kind === "script" ? "node " : ""}"${target}" %*\r\n`);
  } else {
    await symlink(target, join(folder, name));
  }
}
