import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { awsEnvironment, connectEmulator, type RemoteControls } from "../emulator";
import { checkout } from "../support/engine";
import { removeFolder, temporaryFolder } from "../support/folders";
import { run as runProcess, start } from "../support/processes";
import { type Figure, figure } from "./figures";

// AWS's own: "Lambda quotas", API requests.
const quota = 15;
const pageSize = 50;
// Typical update times of a function, and a tenth of them if the budgets are tenfold.
const updateDelay = 1000;

interface Fleet {
  readonly functions: number;
  /** How many of them are not as declared. */
  readonly changes: number;
  /** Factor on AWS's budgets. */
  readonly scale: number;
  /** Milliseconds that an update takes. Default: inversely proportional to the budgets. */
  readonly updateDelay?: number;
  /** Whether memory is measured, which takes time. */
  readonly heap?: boolean;
}

interface Run {
  readonly seconds: number;
  /** Ratio to the least time that a budget of fifteen a second allows. */
  readonly ratio: number;
  /** Seconds beyond that. */
  readonly beyond: number;
  readonly refusals: number;
  readonly calls: Readonly<Record<string, number>>;
  /** Peak memory in use, in MB; NaN if it was not measured. */
  readonly heap: number;
}

/** The time that a sync of a fleet takes compared with what Lambda's quotas allow, its requests, and its memory. */
export async function run(): Promise<Figure[]> {
  const all = (functions: number, scale: number) => measure({ functions, changes: functions, scale });
  return [
    beyondLimitFigure(15, await all(300, 1)),
    beyondLimitFigure(30, await measure({ functions: 300, changes: 300, scale: 2, updateDelay })),
    ...timeFigures("500 functions", await all(500, 1)),
    ...timeFigures("2,000 functions", await all(2000, 1)),
    ...(await growthFigures((functions) => all(functions, 10))),
    await memoryFigure((functions) => measure({ functions, changes: functions, scale: 10, heap: true })),
    callsFigure(await measure({ functions: 2000, changes: 200, scale: 10 })),
  ];
}

/** What a user waits for besides Lambda: start, plan, and the last update, which itself takes a second. */
function beyondLimitFigure(perSecond: number, { beyond }: Run): Figure {
  const of = `sync of 300 functions at ${perSecond} requests a second, beyond what that allows`;
  return figure(of, beyond, "s", "the last update takes 1 s", 1.5);
}

function timeFigures(of: string, { ratio, refusals }: Run): Figure[] {
  return [
    figure(`sync of ${of}`, ratio, "x", "(pages + distinct layer versions + changes) / 15 s", 1.15),
    figure(`requests refused in a sync of ${of}`, refusals, "requests", "an account that nobody else uses", 0),
  ];
}

async function growthFigures(all: (functions: number) => Promise<Run>): Promise<Figure[]> {
  const [least, some, many, most] = [await all(100), await all(1000), await all(3000), await all(5000)];
  assert(least && some && many && most);
  const slope = (a: Run, b: Run, functions: number) => (b.seconds - a.seconds) / functions;
  return [
    figure(
      "seconds for each function from 3,000 to 5,000, with budgets tenfold",
      slope(many, most, 2000) / slope(least, some, 900),
      "x",
      "from 100 to 1,000",
      1.15,
    ),
    figure("sync of 5,000 functions, with budgets tenfold", most.ratio, "x", "what these budgets allow", 1.15),
  ];
}

async function memoryFigure(run: (functions: number) => Promise<Run>): Promise<Figure> {
  const [few, many] = [await run(100), await run(5000)];
  return figure("memory in use for 4,900 functions more", many.heap - few.heap, "MB", "a sync of 100 functions", 40);
}

function callsFigure({ calls }: Run): Figure {
  const { GetFunction: _polls, ...others } = calls;
  const made = Object.values(others).reduce((sum, count) => sum + count, 0);
  const naive = 2000 + 2000 / pageSize + 200;
  const of = "requests, polls apart, for 200 changes among 2,000 functions";
  return figure(of, made / naive, "x", "tags and configuration listed for each function: N + N/50 + M", 0.2);
}

/** Runs the command on its own fleet, in its own process. */
async function measure(fleet: Fleet): Promise<Run> {
  const folder = await temporaryFolder();
  const main = join(checkout, "test/emulator/main.ts");
  const emulator = start(process.execPath, ["--import", "tsx", main], { cwd: checkout });
  try {
    const [url] = await emulator.printed(/http:\S+/);
    const controls = connectEmulator(url);
    await seed(controls, fleet);
    await writeFile(join(folder, "layer_config.yaml"), "layers: { base: { version: 2 } }\n");
    return await sync(controls, folder, { ...process.env, ...awsEnvironment(url, "us-east-1") }, fleet);
  } finally {
    emulator.kill();
    await emulator.ended;
    await removeFolder(folder);
  }
}

async function seed(emulator: RemoteControls, { functions, changes, scale, ...given }: Fleet): Promise<void> {
  await emulator.seed({ layers: [{ name: "base", versions: 2 }] });
  await emulator.seed({
    functions: Array.from({ length: functions }, (_, index) => ({
      name: `fn-${String(index).padStart(5, "0")}`,
      layers: [index < changes ? "base:1" : "base:2"],
      tags: { environment: "dev" },
    })),
  });
  await emulator.configure({ throttle: { scale }, updateDelayMs: given.updateDelay ?? updateDelay / scale });
}

async function sync(
  emulator: RemoteControls,
  cwd: string,
  env: NodeJS.ProcessEnv,
  { functions, changes, scale, heap }: Fleet,
): Promise<Run> {
  const preload = heap ? ["--expose-gc", "--require", join(__dirname, "live-heap.cjs")] : [];
  const started = performance.now();
  const args = ["sync", "--all-functions", "--yes", "--json", "--rate", String(quota * scale)];
  const words = [...preload, join(checkout, "dist/cli/bin.js"), ...args];
  const { code, stdout, stderr } = await runProcess(process.execPath, words, { cwd, env });
  const seconds = (performance.now() - started) / 1000;
  assert.equal(code, 0, stderr);
  const { calls, outcomes } = JSON.parse(stdout).aws;
  assert.equal(outcomes.length, changes);
  const { operations } = await emulator.stats();
  const least = (Math.ceil(functions / pageSize) + 1 + changes) / (quota * scale);
  return {
    seconds,
    ratio: seconds / least,
    beyond: seconds - least,
    refusals: Object.values(operations).reduce((sum, { throttled }) => sum + throttled, 0),
    calls,
    heap: Number(/^live heap: (\d+)$/m.exec(stderr)?.[1]) / 1e6,
  };
}
