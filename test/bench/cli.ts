import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bin } from "../cli/harness";
import { createProject, type Project } from "../support/engine";
import { removeFolder, temporaryFolder } from "../support/folders";
import { run as runProcess } from "../support/processes";
import { writeBigState } from "../support/states";
import { type Figure, figure, median, ratioOf } from "./figures";

const startPairs = 15;
const smallState = 1000;
const bigState = 20_000;
const updates = 3;

/** The overhead of the command line: over starting Node.js, and over the Pulumi commands that it runs. */
export async function run(): Promise<Figure[]> {
  return [...(await startFigures()), ...(await updateFigures())];
}

async function startFigures(): Promise<Figure[]> {
  const folder = await temporaryFolder();
  const node = (...args: string[]) => runToEnd(args, { cwd: folder });
  try {
    await writeBigState(join(folder, "state.json"), smallState);
    await writeBigState(join(folder, "functions.json"), smallState, 4);
    await writeFile(join(folder, "layer_config.yaml"), config(9));
    const empty = () => node("-e", "0");
    const ratio = (...args: string[]) => ratioOf(() => node(bin, ...args), empty, startPairs);
    return [
      figure("--version", await ratio("--version"), "x", "node -e 0", 2),
      figure(
        `a dry run of a state file of ${smallState} resources`,
        await ratio("--state-file", "state.json", "--dry-run"),
        "x",
        "node -e 0",
        4,
      ),
      figure(
        `a dry run of a state file of ${smallState} resources, 250 of them functions`,
        await ratio("--state-file", "functions.json", "--dry-run"),
        "x",
        "node -e 0",
        4,
      ),
    ];
  } finally {
    await removeFolder(folder);
  }
}

async function updateFigures(): Promise<Figure[]> {
  const project = await createProject({
    name: "shop",
    files: { "index.js": 'exports.secret = require("@pulumi/pulumi").secret("a secret");' },
  });
  try {
    await project.up();
    await importBigState(project);
    const ratios: number[] = [];
    for (let version = 10; version < 10 + updates; version++) ratios.push(await ownTime(project, version));
    const peak = Number(await readFile(join(project.root, "peak-memory"), "utf8"));
    const { length } = await project.exportText();
    const of = `an update of a stack of ${bigState} resources`;
    return [
      figure(`own time of ${of}`, median(ratios), "x", "the time of the Pulumi commands that it runs", 0.15),
      figure(`peak memory of ${of}`, (peak - length) / 1e6, "MB", "its export's size", 150),
    ];
  } finally {
    await project.dispose();
  }
}

/** Updates the stack to another version. */
async function ownTime(project: Project, version: number): Promise<number> {
  await project.write({ "layer_config.yaml": config(version) });
  const start = performance.now();
  const flags = ["--require", join(__dirname, "peak-memory.cjs")];
  const env = { ...project.env, PEAK_MEMORY_FILE: join(project.root, "peak-memory") };
  const stderr = await runToEnd([...flags, bin, "--verbose"], { cwd: project.dir, env });
  const total = performance.now() - start;
  const pulumi = [...stderr.matchAll(/^DEBUG - pulumi .* (\d+\.\d+) s$/gm)].map(([, time]) => Number(time) * 1000);
  if (pulumi.length < 4) throw new Error(`an update runs Pulumi commands other than these:\n${stderr}`);
  const ofPulumi = pulumi.reduce((sum, time) => sum + time, 0);
  return (total - ofPulumi) / ofPulumi;
}

/** Puts a generated state into the project's stack, with the stack's own secrets provider and ciphertext. */
async function importBigState(project: Project): Promise<void> {
  const file = join(project.root, "big.json");
  await writeBigState(file, bigState);
  const { deployment: own } = await project.exportStack();
  const [stack] = own.resources;
  const state = JSON.parse(await readFile(file, "utf8"));
  const { deployment } = state;
  deployment.secrets_providers = own.secrets_providers;
  deployment.resources = [stack, ...deployment.resources.slice(1)];
  const text = JSON.stringify(state, undefined, 4);
  const ciphertext = JSON.stringify(stack.outputs.secret.ciphertext);
  await writeFile(file, text.replaceAll(/"ciphertext": "[^"]*"/g, `"ciphertext": ${ciphertext}`));
  await project.succeeds(["stack", "import", "--file", file]);
}

function config(version: number): string {
  return `layers: {receipt-dynamo: {version: ${version}}}\n`;
}

/** Runs Node.js, and returns what it printed on stderr. */
async function runToEnd(args: readonly string[], options: Parameters<typeof runProcess>[2]): Promise<string> {
  const { code, output, stderr } = await runProcess(process.execPath, args, options);
  if (code !== 0) throw new Error(`node ${args.join(" ")} ended with ${code}:\n${output}`);
  return stderr;
}
