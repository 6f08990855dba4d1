import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { startCli } from "../cli/harness";
import { createProject, type Project } from "../support/engine";
import { assertEdited, type Edit, layerNames } from "./oracle";

/** How many edits to make, and from which seed. */
export interface FuzzOptions {
  readonly numRuns: number;
  readonly seed: number;
  /** Added to Pulumi's environment: what the state's secrets provider needs. */
  readonly env?: Record<string, string>;
}

/**
 * Edits a state at random, has Pulumi import each result into a new stack, and compares all of them with the state.
 * @returns undefined if everything is right, else the smallest edit that went wrong, and how
 * @throws Error if there is nothing to edit, or Pulumi does not accept the state as it is
 */
export async function fuzz(text: string, options: FuzzOptions): Promise<{ edit: Edit; message: string } | undefined> {
  const names = layerNames(text);
  if (names.length === 0) throw new Error("The state has no functions with layers to edit.");
  const project = await throwAway(text, options.env);
  try {
    const version = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 2 ** 31 }));
    const edits = fc
      .subarray(names, { minLength: 1 })
      .chain((some) => fc.record(Object.fromEntries(some.map((name) => [name, version]))));
    const property = fc.asyncProperty(edits, (edit) => tryEdit(project, text, edit));
    const { numRuns, seed } = options;
    const found = await fc.check(property, { numRuns, seed, endOnFailure: true });
    if (!found.failed) return undefined;
    return { edit: found.counterexample?.[0] ?? {}, message: String(found.errorInstance) };
  } finally {
    await project.dispose();
  }
}

/** Makes one edit of a state, and fails unless the result is right and Pulumi accepts it. */
export async function checkEdit(text: string, edit: Edit, env?: Record<string, string>): Promise<void> {
  const project = await throwAway(text, env);
  try {
    await tryEdit(project, text, edit);
  } finally {
    await project.dispose();
  }
}

/** A stack in its own backend, with the state and under its names. */
async function throwAway(text: string, env: Record<string, string> = {}): Promise<Project> {
  const [, stack = "dev", name = "fuzz"] = /"urn:pulumi:([^:"]*)::([^:"]*)::/.exec(text) ?? [];
  const project = await createProject({ name, stack, env });
  await project.write({ "state.json": text });
  await project.succeeds(["stack", "import", "--file", "state.json"]);
  return project;
}

async function tryEdit(project: Project, text: string, edit: Edit): Promise<void> {
  const layers = Object.entries(edit).map(([name, version], at) => [`layer-${at}`, { version, names: [name] }]);
  await project.write({ "layer_config.yaml": { layers: Object.fromEntries(layers) } });
  const args = ["update", "--state-file", "state.json", "--out", "edited.json", "--stack", project.stack];
  const { code, output } = await startCli(args, { cwd: project.dir, env: project.env }).ended;
  assert.equal(code, 0, output);
  const edited = await readFile(join(project.dir, "edited.json"), "utf8");
  assertEdited(text, edited, edit);
  await project.succeeds(["stack", "import", "--file", "edited.json"]);
  const imported = await project.exportStack();
  assert.deepEqual(resourcesOf(imported), resourcesOf(JSON.parse(edited)), "Pulumi has something else");
}

/** A state's resources without secret text, which Pulumi encrypts anew. */
function resourcesOf({ deployment }: { deployment: { resources: unknown } }): unknown {
  return JSON.parse(JSON.stringify(deployment.resources), (key, value) => (key === "ciphertext" ? "" : value));
}
