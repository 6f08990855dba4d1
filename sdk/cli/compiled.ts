// Loads the bundled command together with what an earlier run has compiled of it. Node.js's own cache holds only what is
// compiled when a file is loaded; most functions are compiled at their first call, which takes a quarter of a short run.

import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Script } from "node:vm";

/** What a run has compiled of a file. */
interface Code {
  /** Changes whenever the file does. */
  readonly stamp: string;
  readonly code: Buffer;
}

interface Compiled {
  readonly stamp: string;
  readonly script: Script;
}

const wrapper = ["(function(exports,require,module,__filename,__dirname){", "\n})"] as const;
const wrongUsage = 2;

/**
 * Loads a file of the bundle, which consists of CommonJS files in one folder, all in ASCII.
 * @param name its path from the folder of this file
 * @param cache where compiled code is kept
 * @param words the words of the command line; each command has its own file
 */
export function load(name: string, cache: string, [word = ""]: readonly string[]): unknown {
  const command = /^(?:--version|[a-z]+)$/.test(word) ? word.replace("--", "") : "default";
  const file = join(cache, `${command}-${process.version}-${process.arch}`);
  const external = createRequire(__filename);
  const earlier = read(file);
  const modules = new Map<string, { exports: unknown }>();
  const compiled = new Map<string, Compiled>();
  let flags: number | undefined;

  const fetch = (name: string): unknown => {
    const loaded = modules.get(name);
    if (loaded) return loaded.exports;
    const filename = join(__dirname, name);
    const { size, ctimeMs } = statSync(filename);
    const stamp = `${size} ${ctimeMs}`;
    const known = earlier.get(name);
    // The rest is of another build, too.
    if (known && known.stamp !== stamp) earlier.clear();
    const script = new Script(wrapper.join(readFileSync(filename, "latin1")), {
      filename,
      columnOffset: -wrapper[0].length,
      cachedData: known?.stamp === stamp ? known.code : undefined,
    });
    compiled.set(name, { stamp, script });
    if (script.cachedDataRejected !== false) flags ??= v8(external).cachedDataVersionTag();
    const module = { exports: {} };
    modules.set(name, module);
    const require = (id: string) => (id.startsWith("./") ? fetch(join(dirname(name), id)) : external(id));
    script.runInThisContext().call(module.exports, module.exports, require, module, filename, dirname(filename));
    return module.exports;
  };

  process.once("exit", (status) => {
    // A word that is no command leaves no file.
    if (flags === undefined || status === wrongUsage) return;
    const { setFlagsFromString, cachedDataVersionTag } = v8(external);
    // V8's default, which the run may have changed. Code that was kept under other flags would be rejected every time.
    setFlagsFromString("--semi-space-growth-factor=2");
    if (cachedDataVersionTag() === flags) keep(file, earlier, compiled);
  });
  return fetch(name);
}

/** Loaded only by runs that compile something. */
function v8(require: NodeJS.Require): typeof import("node:v8") {
  return require("node:v8");
}

/** The first line of a file of compiled code, in JSON: the parts of the code in their order. */
type Table = readonly (readonly [name: string, stamp: string, size: number])[];

/**
 * The code that is kept in a file; none if it is not there or damaged, since V8 would run damaged code. It is there
 * twice, because comparing takes less time than loading what could compute a checksum.
 */
function read(file: string): Map<string, Code> {
  const known = new Map<string, Code>();
  try {
    const bytes = readFileSync(file);
    const start = bytes.indexOf("\n") + 1;
    const table: Table = JSON.parse(bytes.toString("latin1", 0, start));
    const middle = start + (bytes.length - start) / 2;
    let at = start;
    if (!bytes.subarray(start, middle).equals(bytes.subarray(middle))) return known;
    for (const [name, stamp, size] of table) {
      known.set(name, { stamp, code: bytes.subarray(at, at + size) });
      at += size;
    }
  } catch {}
  return known;
}

/**
 * Keeps the code that has been compiled so far; a run does as well without. Earlier code that this run had no use for
 * stays, since commands such as `backups list` and `backups prune` share a file.
 */
function keep(file: string, earlier: ReadonlyMap<string, Code>, compiled: ReadonlyMap<string, Compiled>): void {
  const unfinished = `${file}.${process.pid}`;
  try {
    const known = new Map(earlier);
    for (const [name, { stamp, script }] of compiled) known.set(name, { stamp, code: script.createCachedData() });
    const table: Table = Array.from(known, ([name, { stamp, code }]) => [name, stamp, code.length]);
    const codes = Array.from(known.values(), ({ code }) => code);
    const content = Buffer.concat([Buffer.from(`${JSON.stringify(table)}\n`), ...codes, ...codes]);
    mkdirSync(dirname(file), { recursive: true });
    const open = openSync(unfinished, "w", 0o600);
    try {
      writeFileSync(open, content);
      fsyncSync(open);
    } finally {
      closeSync(open);
    }
    renameSync(unfinished, file);
  } catch {
    discard(unfinished);
  }
}

/** On a full disk, each run would leave another one. */
function discard(unfinished: string): void {
  try {
    rmSync(unfinished, { force: true });
  } catch {}
}
