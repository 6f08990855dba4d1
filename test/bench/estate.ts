import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bin } from "../cli/harness";
import { startEmulator } from "../emulator";
import { Estate, projectName, seedsOf } from "../support/estate";
import { run as runProcess } from "../support/processes";
import { type Figure, figure, median, ratioOf, timed } from "./figures";

const stacksOfProject = 10;
const pairs = 3;
const rounds = 1;
const sizes = [1, 10, 100];

/** What inspecting many stacks costs, beyond the Pulumi commands that it cannot avoid. */
export async function run(): Promise<Figure[]> {
  const emulator = await startEmulator();
  const first = { p0: { s0: { "fn-p0-s0": ["base:1"] } } };
  const estate = await Estate.create({
    ...{ projects: first, env: emulator.env },
    files: { "layer_config.yaml": "layers: {base: {version: 2}}\n" },
  });
  try {
    const names = await copyStacks(estate, Math.max(...sizes));
    const functions = seedsOf({ projects: { p: { s: Object.fromEntries(names.map((name) => [name, ["base:1"]])) } } });
    emulator.seed({ layers: [{ name: "base", versions: 2 }], functions });
    const all = [bin, "status", ...meaning(Math.max(...sizes)), "--recorded-only", "--parallel", "2"];
    const plain = await pulumiCommands(estate, Math.max(...sizes));
    const ratio = await ratioOf(
      () => node(estate, all),
      () => xargs(estate, plain),
      pairs,
    );
    const figures = [
      figure("status of 100 stacks with --parallel 2", ratio, "x", "the same Pulumi commands by xargs -P2", 1.15),
    ];
    const memory: number[] = [];
    for (const count of sizes) {
      const args = meaning(count);
      const look = () => node(estate, [bin, "status", ...args, "-v"]);
      const texts: string[] = [];
      const times: number[] = [];
      for (let round = 0; round < rounds; round++) times.push(await timed(async () => texts.push(await look())));
      const requests = (texts[0]?.match(/DEBUG - (?:\S+ of \S+: )?AWS /g) ?? []).length;
      const commands = (texts[0]?.match(/DEBUG - (?:\S+ of \S+: )?pulumi /g) ?? []).length;
      const what = `${commands} Pulumi commands, ${requests} requests to AWS`;
      figures.push(
        figure(
          `status of ${count} ${count === 1 ? "stack" : "stacks"}, a function each, live too`,
          median(times) / 1000,
          "s",
          what,
        ),
      );
      memory.push(await peak(estate, ["status", ...args, "--recorded-only"]));
    }
    const [, ten = 0, hundred = 0] = memory;
    figures.push(figure("memory of status for 90 stacks more", hundred - ten, "MB", "a status of 10 stacks", 20));
    return [...figures, await memoryOfUpdate()];
  } finally {
    await estate.dispose();
    await emulator.close();
  }
}

const large = { stacks: [4, 12], bytes: 10_000_000, most: 30 };

/**
 * How much memory an update of several stacks takes, each with a state of 10 MB: all are planned before one is changed.
 */
async function memoryOfUpdate(): Promise<Figure> {
  const peaks: number[] = [];
  for (const count of large.stacks) {
    const estate = await Estate.create({
      projects: { p0: { s0: { "fn-p0-s0": ["base:1"] } } },
      files: { "layer_config.yaml": "layers: {base: {version: 2}}\n" },
    });
    try {
      await copyStacks(estate, count, large.bytes);
      peaks.push(await peak(estate, ["update", ...meaning(Math.max(...sizes)), "--yes"]));
    } finally {
      await estate.dispose();
    }
  }
  const [few = 0, many = 0] = peaks;
  const [first = 0, second = 0] = large.stacks;
  const what = `memory of update for ${second - first} stacks more`;
  return figure(what, many - few, "MB", `an update of ${first} stacks of 10 MB`, large.most);
}

/** The arguments that select this many stacks. */
function meaning(count: number): string[] {
  if (count === 1) return ["--cwd", "p0", "--config", "../layer_config.yaml", "--stack", "s0"];
  return ["--projects", count === stacksOfProject ? "p0" : "*", "--stack", "*"];
}

/**
 * Adds stacks to the estate, as the backend stores them: copies of its first.
 * @param bytes the minimum size of each
 */
async function copyStacks(estate: Estate, count: number, bytes = 0): Promise<string[]> {
  const stacks = join(estate.root, "state/.pulumi/stacks");
  const first = await readFile(join(stacks, "p0/s0.json"), "utf8");
  // A resource's output, long enough to reach the size.
  const state = first.replace(/"outputs": ?\{/, `$&"filler":"${"x".repeat(bytes)}",`);
  const settings = await readFile(join(estate.dir, "p0/Pulumi.s0.yaml"), "utf8");
  const names: string[] = [];
  for (let index = 0; index < count; index++) {
    const folder = `p${Math.floor(index / stacksOfProject)}`;
    const [project, stack] = [projectName(folder), `s${index % stacksOfProject}`];
    names.push(`fn-${folder}-${stack}`);
    await mkdir(join(stacks, project), { recursive: true });
    const own = state
      .replaceAll("fn-p0-s0", `fn-${folder}-${stack}`)
      .replaceAll("urn:pulumi:s0::p0::", `urn:pulumi:${stack}::${project}::`);
    await writeFile(join(stacks, project, `${stack}.json`), own.replaceAll("p0-s0", `${project}-${stack}`));
    await estate.write({
      [`${folder}/Pulumi.yaml`]: JSON.stringify({ name: project, runtime: "yaml" }),
      [`${folder}/Pulumi.${stack}.yaml`]: settings,
    });
  }
  return names;
}

/** The arguments of the Pulumi commands that list and export all stacks, one line each. */
async function pulumiCommands(estate: Estate, count: number): Promise<string> {
  const lines: string[] = [];
  for (let index = 0; index < count; index++) {
    const folder = join(estate.dir, `p${Math.floor(index / stacksOfProject)}`);
    const common = `--non-interactive --color=never -C ${folder}`;
    if (index % stacksOfProject === 0) lines.push(`${common} stack ls --json`);
    lines.push(`${common} stack export --stack=s${index % stacksOfProject}`);
  }
  return `${lines.join("\n")}\n`;
}

async function xargs(estate: Estate, lines: string): Promise<void> {
  const child = spawn("xargs", ["-P2", "-L1", "pulumi"], { env: estate.env, stdio: ["pipe", "ignore", "inherit"] });
  child.stdin?.end(lines);
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error(`xargs ended with ${code}`);
}

async function node(estate: Estate, args: readonly string[], more: Record<string, string> = {}): Promise<string> {
  const env = { ...estate.env, ...more };
  const { code, output, stderr } = await runProcess(process.execPath, args, { cwd: estate.dir, env });
  if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}:\n${output}`);
  return stderr;
}

/** Peak memory of a run, in megabytes. */
async function peak(estate: Estate, args: readonly string[]): Promise<number> {
  const file = join(estate.root, "peak-memory");
  await node(estate, ["--require", join(__dirname, "peak-memory.cjs"), bin, ...args], { PEAK_MEMORY_FILE: file });
  return Number(await readFile(file, "utf8")) / 1e6;
}
