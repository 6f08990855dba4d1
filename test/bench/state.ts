import assert from "node:assert/strict";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { compareStates } from "../../sdk/core/state/compare";
import { removeFolder, temporaryFolder } from "../support/folders";
import { run as runProcess } from "../support/processes";
import { writeBigState } from "../support/states";
import { type Figure, figure, median, ratioOf } from "./figures";

/** How many resources there are per function, in a typical stack and in one that is mostly functions. */
const usual = 20;
const rich = 4;

const sizes = [
  { resources: 20_000, ofFunction: usual, pairs: 5 },
  { resources: 20_000, ofFunction: rich, pairs: 5 },
  { resources: 200_000, ofFunction: usual, pairs: 3 },
];
const cli = join(__dirname, "../../dist/cli/bin.js");

/** What updating an exported state takes, compared with a script that parses all of it into objects. */
export async function run(): Promise<Figure[]> {
  const folder = await temporaryFolder();
  try {
    await writeFile(join(folder, "layer_config.yaml"), "layers: { receipt-dynamo: { version: 5 } }\n");
    const figures: Figure[] = [];
    for (const size of sizes) figures.push(...(await measure(folder, size)));
    return figures;
  } finally {
    await removeFolder(folder);
  }
}

async function measure(folder: string, { resources, ofFunction, pairs }: (typeof sizes)[number]): Promise<Figure[]> {
  const [source, ours, theirs, copy] = ["state", "ours", "theirs", "copy"].map((name) => join(folder, `${name}.json`));
  assert(source && ours && theirs && copy);
  await writeBigState(source, resources, ofFunction);
  const { size } = await stat(source);
  const peaks: number[] = [];
  const peakFile = join(folder, "peak-memory");
  const update = async () => {
    const flags = ["--require", join(__dirname, "peak-memory.cjs")];
    const args = [...flags, cli, "update", "--cwd", folder, "--stack", "dev", "--state-file", source, "--out", ours];
    await output(process.execPath, args, { ...process.env, PEAK_MEMORY_FILE: peakFile });
    peaks.push(Number(await readFile(peakFile, "utf8")));
  };
  const python = () => output("python3", [join(__dirname, "python-update.py"), source, theirs]);
  const ratio = await ratioOf(update, python, pairs);
  assert.deepEqual(compareStates(await readFile(ours), await readFile(theirs)), [], "both produce the same");
  const plain = () => output(process.execPath, [join(__dirname, "plain-copy.mjs"), source, copy]);
  const ratioOfPlain = await ratioOf(update, plain, pairs);
  const scans: number[] = [];
  for (let i = 0; i < pairs; i++) {
    scans.push(Number(await output(process.execPath, [join(__dirname, "state-scan.mjs"), source])));
  }
  const functions = Math.ceil(resources / ofFunction);
  const of = `a state of ${resources} resources, ${functions} of them functions (${Math.round(size / 1e6)} MB)`;
  return [
    figure(`update of ${of}`, ratio, "x", "Python: json.load, deepcopy, edit, json.dump", 0.2),
    figure(`update of ${of}`, ratioOfPlain, "x", "reading, checking and writing its bytes", 2.5),
    figure(`peak memory for ${of}`, (Math.max(...peaks) - size) / 1e6, "MB", "the file's size", 150),
    figure(`scan of ${of}`, median(scans) / (size / 1e8), "CPU ms per 100 MB", "150 MB/s", 667),
  ];
}

async function output(command: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<string> {
  const { code, stdout, output } = await runProcess(command, args, { env });
  assert.equal(code, 0, output);
  return stdout;
}
