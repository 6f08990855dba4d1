// A stack with everything that a version records: its own functions with pins, functions that `LayerVersions`
// reconciles and restores, backups, and a run that was interrupted.

import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Emulator, type SeedFunction, startEmulator } from "../emulator";
import { createAwsStack, preamble } from "../support/aws-stack";
import { checkout, type Project } from "../support/engine";

/** The program; it never changes, since later versions must continue with what it has left. */
const program = `
const { LayerVersions } = require("pulumi-lambda-layers");
const layers = new LayerVersions("layers", { functions: { names: ["shared-a", "shared-b"] }, onDelete: "restore" });
${preamble}
for (const name of ["api", "worker"]) fn(name, { layers: [layers.arn("base"), "arn:aws:lambda:us-east-1:123456789012:layer:tools:2"] });
exports.password = pulumi.secret("hunter2-in-plain-text");
exports.arn = layers.arn("base");
`;

/** The config with one layer at a version. */
export const configAt = (version: number) => `layers:
  base: { version: ${version} }
settings: { aws_region: us-east-1, backup_retention_days: 36500 }
`;

/** One folder for each version of the package. */
export const recordings: string = join(checkout, "test/data/upgrades");

/** What was recorded, in a folder. */
interface Recording {
  /** As Pulumi exports it. */
  readonly state: string;
  readonly functions: readonly SeedFunction[];
}

/** A stack and the AWS that it is deployed to. */
export interface Estate {
  readonly project: Project;
  readonly emulator: Emulator;
  /** The version of the layer that each function has in AWS, by name. */
  versions(): Record<string, number>;
  dispose(): Promise<void>;
}

/** An empty stack, and an AWS with the functions that are owned elsewhere. */
export async function newEstate(functions: readonly SeedFunction[], version: number): Promise<Estate> {
  const emulator = await startEmulator();
  const layers = ["base-dev", "tools"].map((name) => ({ name, versions: 9 }));
  emulator.seed({ layers, functions: [...functions] });
  const files = { "layer_config.yaml": configAt(version) };
  const project = await createAwsStack({ env: emulator.env, program, files, name: "upgrades" });
  return {
    ...{ project, emulator },
    versions: () =>
      Object.fromEntries(
        emulator.functions().map(({ name, layers }) => {
          const arn = layers.find((layer) => layer.includes(":layer:base-dev:"));
          return [name, Number(arn?.split(":").at(-1))] as const;
        }),
      ),
    async dispose() {
      await project.dispose();
      await emulator.close();
    },
  };
}

/** Writes what a version has left behind. */
export async function writeRecording(folder: string, { project, emulator }: Estate): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "state.json"), withoutCheckout(await project.exportText()));
  const functions = emulator.functions().map(({ name, layers, tags, configuration }): SeedFunction => {
    const { Role, Handler, Runtime } = configuration;
    return { ...{ name, layers, tags, Role, Handler, Runtime } };
  });
  await writeFile(join(folder, "functions.json"), `${JSON.stringify(functions, undefined, 2)}\n`);
  const backups = join(folder, "backups");
  await cp(join(project.dir, "backups"), backups, { recursive: true });
  for (const name of (await readdir(backups)).filter((one) => one.endsWith(".json"))) {
    await writeFile(join(backups, name), withoutCheckout(await readFile(join(backups, name), "utf8")));
  }
}

/** A state says in which files of which folder its resources were created. */
function withoutCheckout(state: string): string {
  return state.replaceAll(/"project:\/\/\/[^"]*?\/(node_modules|dist)\//g, '"project:///../../$1/');
}

async function readRecording(folder: string): Promise<Recording> {
  const functions = JSON.parse(await readFile(join(folder, "functions.json"), "utf8"));
  return { state: join(folder, "state.json"), functions };
}

/** The stack and the AWS as a version has left them. */
export async function openRecording(folder: string): Promise<Estate> {
  const { state, functions } = await readRecording(folder);
  const estate = await newEstate(functions, 6);
  await estate.project.succeeds(["stack", "import", "--file", state]);
  const backups = join(estate.project.dir, "backups");
  await mkdir(backups, { mode: 0o700 });
  for (const name of await readdir(join(folder, "backups"))) {
    await writeFile(join(backups, name), await readFile(join(folder, "backups", name)), { mode: 0o600 });
  }
  estate.emulator.resetCounts();
  return estate;
}
