// A stack that is inspected without Pulumi: a state that the tests write, and the emulator's AWS.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { LayerConfig } from "../../sdk/core/config/parse";
import type { Ports } from "../../sdk/ports";
import { createPorts } from "../../sdk/wiring";
import { type TestAws, useAws } from "../aws/harness";
import { removeFolder, temporaryFolder } from "../support/folders";
import { awsFunction, stateOf, urn } from "../support/states";
import { keepLines } from "./harness";

const account = "123456789012";

/** A layer version in the emulator's own account, in any region. */
export function layerIn(region: string, name: string, version: number): string {
  return `arn:aws:lambda:${region}:${account}:layer:${name}:${version}`;
}

/** A function of the stack in any region, with layers such as `base:2` in that region. */
export function functionIn(region: string, name: string, layers: readonly string[], resourceName = name) {
  const texts = layers.map((layer) => `arn:aws:lambda:${region}:${account}:layer:${layer}`);
  const fn = awsFunction(name, texts) as { inputs: object; outputs: object } & ReturnType<typeof awsFunction>;
  const arn = `arn:aws:lambda:${region}:${account}:function:${name}`;
  return {
    ...fn,
    urn: urn("aws:lambda/function:Function", resourceName),
    inputs: { ...fn.inputs, region },
    outputs: { ...fn.outputs, region, arn },
  };
}

/** A `LayerVersions` resource that reconciles functions owned elsewhere. */
export function layerVersionsOf(functions: Record<string, Record<string, number>>, region = "us-east-1") {
  const type = "pulumi-nodejs:dynamic/lambda-layers:LayerVersions";
  const properties = { functions, region };
  return { urn: urn(type, "shared"), type, custom: true, id: "shared", inputs: properties, outputs: properties };
}

/** What {@link useLooks} provides to the tests of a suite. */
export interface Looks {
  readonly aws: TestAws;
  readonly folder: string;
  readonly ports: Ports;
  /** What the run has printed so far. */
  readonly lines: readonly string[];
  /** Writes the config and the state that the next command finds. */
  write(config: string, resources: readonly unknown[]): Promise<LayerConfig>;
}

/** Makes a folder with a config for each test, and ports over a stack `dev` with the test's state. */
export function useLooks(): Looks {
  const aws = useAws();
  let folder: string;
  let ports: Ports;
  let lines: string[];
  let state = stateOf([]);
  beforeEach(async () => {
    folder = await temporaryFolder();
    lines = [];
    const real = createPorts({ cwd: folder, reporter: keepLines(lines) });
    ports = { ...real, stacks: { ...real.stacks, exportState: async () => Buffer.from(JSON.stringify(state)) } };
  });
  afterEach(() => removeFolder(folder));
  return {
    aws,
    get folder() {
      return folder;
    },
    get ports() {
      return ports;
    },
    get lines() {
      return lines;
    },
    async write(config, resources) {
      state = stateOf(resources);
      await writeFile(join(folder, "layer_config.yaml"), config);
      await writeFile(join(folder, "state.json"), JSON.stringify(state));
      return ports.configs.load("layer_config.yaml");
    },
  };
}
