// A stack on the real engine that records the functions of a run, for `update --sync-aws`.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { UpdateResult } from "../../sdk/ops/update";
import { LayerVersionUpdater } from "../../sdk/wiring";
import { withEnv } from "../aws/harness";
import { type Fleet, rate } from "../ops/fleet-harness";
import { keepLines } from "../ops/harness";
import { createAwsStack } from "../support/aws-stack";
import type { Project } from "../support/engine";
import { awsFunction, urn } from "../support/states";

let made: Promise<Project> | undefined;

/** Removes the stack, if there is one. */
export async function disposeStack(): Promise<void> {
  await (await made)?.dispose();
  made = undefined;
}

/** Makes the stack record the functions that AWS has. */
export async function recordFunctions({ emulator }: Fleet): Promise<void> {
  made ??= createAwsStack({ env: {}, name: "shop" });
  const project = await made;
  const { version, deployment } = await project.exportStack();
  const functions = emulator.functions().map(({ name, layers }) => awsFunction(name, layers));
  const [id = ""] = String(functions[0]?.provider).split("::").slice(-1);
  const type = "pulumi:providers:aws";
  const resources = [
    { urn: urn("pulumi:pulumi:Stack", "shop-dev"), type: "pulumi:pulumi:Stack", custom: false },
    { urn: urn(type, "aws"), type, custom: true, id, inputs: {}, outputs: {} },
    ...functions,
  ];
  const file = join(project.root, "functions.json");
  await writeFile(file, JSON.stringify({ version, deployment: { ...deployment, resources } }));
  await project.succeeds(["stack", "import", "--file", file]);
}

/** `update --sync-aws` of that stack. */
export async function updateStack(fleet: Fleet): Promise<UpdateResult> {
  if (!made) throw new Error("no stack records the functions");
  const { dir: cwd, env } = await made;
  const restore = withEnv({ ...env, ...fleet.emulator.env });
  try {
    const backupDir = join(fleet.dir, "backups");
    const configPath = join(fleet.dir, "layer_config.yaml");
    const reporter = keepLines(fleet.lines);
    return await new LayerVersionUpdater({ cwd, backupDir, configPath, reporter, rate, syncAws: true }).run();
  } finally {
    restore();
  }
}
