// Runs a program of one kind through its whole life on the real engine, and checks each step.

import assert from "node:assert/strict";
import { type Emulator, startEmulator } from "../../emulator";
import { type AwsStackOptions, createAwsStack, preamble } from "../../support/aws-stack";
import type { Project } from "../../support/engine";
import type { Outcome } from "../../support/processes";

/** What to expect from one command. By default: it exits with 0 and prints no stack trace. */
export interface Expected {
  /** Further arguments. */
  readonly args?: readonly string[];
  /** `fails`: any exit status but 0. */
  readonly ends?: "well" | "fails";
  readonly says?: readonly RegExp[];
  readonly never?: readonly RegExp[];
  /** Calls to AWS by operation, from anyone; others may be any. */
  readonly calls?: Readonly<Record<string, number>>;
}

/** A change to the program, previewed and deployed. */
export interface Stage {
  /** Files that are written first. */
  readonly files?: Readonly<Record<string, unknown>>;
  readonly preview?: Expected;
  readonly up?: Expected;
  /** Layers as `base:5` by function, which is `REGION/NAME` outside us-east-1; other functions may have any. */
  readonly live?: Readonly<Record<string, readonly string[]>>;
}

/** One kind of program, and what becomes of it. */
export interface Shape extends Stage {
  /** What the program does, after "a program that". */
  readonly what: string;
  /** JavaScript after {@link prologue}; absent if `files` has its own index.js. */
  readonly program?: string;
  readonly options?: Partial<Omit<AwsStackOptions, "env" | "program" | "files">>;
  /** What else must exist. */
  readonly prepare?: (stack: Project, emulator: Emulator) => void | Promise<void>;
  /** Further changes, one after the other. */
  readonly later?: readonly Stage[];
  /** The preview of the program that is deployed. */
  readonly again?: Expected;
  readonly refresh?: Expected;
  readonly destroy?: Expected;
  /** The program's functions that are left after its destruction. */
  readonly kept?: readonly string[];
  /** What else must hold once everything is deployed. */
  readonly check?: (stack: Project, emulator: Emulator) => void | Promise<void>;
}

/** How every program starts. */
export const prologue = `${preamble}
const { LayerVersions, pinLayers } = require("pulumi-lambda-layers");
const { Provider } = require("@pulumi/aws/provider");
const L = (name, version, region = "us-east-1") => "arn:aws:lambda:" + region + ":123456789012:layer:" + name + ":" + version;
const registered = (resources) => Promise.all(resources.map(({ urn }) => new Promise((done) => urn.apply(done))));
const provider = (region) => new Provider(region ?? "plain", { region, skipCredentialsValidation: true,
  skipRequestingAccountId: true, skipMetadataApiCheck: true, skipRegionValidation: true });
`;

/** A program of the suite as a file. */
export function programOf(text: string): Readonly<Record<string, unknown>> {
  return { "index.js": prologue + text };
}

/** The config of programs that bring none. */
export const config = (version: number): Readonly<Record<string, unknown>> => ({
  "layer_config.yaml": `layers: { base: { version: ${version} } }\n`,
});

/** What exists in advance, in both regions: layers, and other teams' functions with the first version of one. */
export const elsewhere = ["us-east-1", "eu-west-1"].map((region) => ({
  layers: [
    { name: "base", versions: 9, region },
    { name: "other", versions: 3, region },
  ],
  functions: ["ext-a", "ext-b"].map((name) => ({ name, layers: ["base:1"], region })),
}));

/** Runs a shape from the first preview to its destruction. */
export async function live({ program, ...shape }: Shape): Promise<void> {
  const emulator = await startEmulator();
  for (const seed of elsewhere) emulator.seed(seed);
  const files = { ...config(5), ...(program !== undefined && programOf(program)), ...shape.files };
  const stack = await createAwsStack({ env: emulator.env, ...shape.options, files });
  const run = new Run(stack, emulator);
  try {
    await shape.prepare?.(stack, emulator);
    await run.stage({ ...shape, files: {} });
    for (const stage of shape.later ?? []) await run.stage(stage);
    await run.looks(["preview", "--expect-no-changes"], shape.again);
    await shape.check?.(stack, emulator);
    await run.looks(["refresh", "--yes", "--skip-preview", "--expect-no-changes"], shape.refresh);
    await run.step(["destroy", "--yes", "--skip-preview"], shape.destroy);
    const left = emulator.functions().flatMap(({ name }) => (name.startsWith("ext-") ? [] : [name]));
    assert.deepEqual(left.sort(), [...(shape.kept ?? [])].sort(), "what is left of the program's functions");
  } finally {
    await stack.dispose();
    await emulator.close();
  }
}

class Run {
  constructor(
    private readonly stack: Project,
    private readonly emulator: Emulator,
  ) {}

  async stage({ files = {}, preview, up, live: expected = {} }: Stage): Promise<void> {
    await this.stack.write(files);
    await this.looks(["preview"], preview);
    await this.step(["up", "--yes", "--skip-preview"], up);
    const found = Object.fromEntries(Object.keys(expected).map((name) => [name, this.layersOf(name)]));
    assert.deepEqual(found, expected, "the layers that functions have");
  }

  /** Runs a command that must change nothing in AWS. */
  async looks(command: readonly string[], expected?: Expected): Promise<void> {
    await this.step(command, expected);
    const writes = this.emulator.writes().map(({ operation, resource }) => `${operation} ${resource}`);
    assert.deepEqual(writes, [], `what ${command[0]} has changed in AWS`);
  }

  async step(command: readonly string[], { args = [], ends = "well", ...expected }: Expected = {}): Promise<Outcome> {
    this.emulator.resetCounts();
    const outcome = await this.stack.pulumi([...command, ...args]);
    const what = `${command.join(" ")} printed:\n${outcome.output}`;
    assert.equal(outcome.code === 0, ends === "well", `${what}\nIt ended with ${outcome.code}.`);
    assert.doesNotMatch(outcome.output, /\n\s+at .*:\d+:\d+/, "no stack trace");
    for (const pattern of expected.says ?? []) assert.match(outcome.output, pattern);
    for (const pattern of expected.never ?? []) assert.doesNotMatch(outcome.output, pattern);
    const counts = this.emulator.counts();
    const calls = Object.fromEntries(Object.keys(expected.calls ?? {}).map((name) => [name, counts[name] ?? 0]));
    assert.deepEqual(calls, expected.calls ?? {}, `the calls of ${command[0]}`);
    return outcome;
  }

  private layersOf(name: string): string[] {
    const [region, own] = name.includes("/") ? name.split("/") : [undefined, name];
    return this.emulator.layersOf(own ?? "", region ? { region } : {}).map((arn) => arn.split(":").slice(6).join(":"));
  }
}
