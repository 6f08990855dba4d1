import { type Emulator, startEmulator } from "../emulator";
import { createAwsStack, preamble } from "../support/aws-stack";
import { type Figure, figure, ratioOf } from "./figures";

const functions = 500;
const manyFunctions = 2000;
const pairs = 3;
// Of the moving functions, this many have their aliases looked up in a preview.
const aliasesAsked = 15;

const layer = (version: number) => `arn:aws:lambda:us-east-1:123456789012:layer:dynamo-dev:${version}`;

const program = (resource: string) => `${preamble}
${resource}
for (let i = 0; i < ${functions}; i++) fn("own-" + i, { layers: ["${layer(5)}"] });
`;

const withResource = program(`
const { LayerVersions } = require("pulumi-lambda-layers");
new LayerVersions("layers", { functions: { prefix: "shared-" } });
`);
const emptyResource = `
class Empty extends pulumi.dynamic.Resource {
  constructor(name) { super({ create: async () => ({ id: "1", outs: {} }) }, name, {}); }
}
new Empty("empty");
`;
const withEmptyResource = program(emptyResource);
const reconciling = `${preamble}
const { LayerVersions } = require("pulumi-lambda-layers");
new LayerVersions("layers", { functions: { prefix: "many-" } });
`;
const onlyEmptyResource = `${preamble}
${emptyResource}`;

const pinned = 1000;

const pinnedProgram = (pins: string) => `${preamble}
${pins}
for (let i = 0; i < ${pinned}; i++) fn("own-" + i, { layers: ["${layer(1)}"] });
`;

/** What the resource adds to a preview, and how many calls to AWS it makes. */
export async function run(): Promise<Figure[]> {
  return [...(await resourceFigures()), await pinsFigure()];
}

/** What pins add to a preview that does nothing but read the same number of functions. */
async function pinsFigure(): Promise<Figure> {
  const emulator = await startEmulator();
  emulator.seed({ layers: [{ name: "dynamo-dev", versions: 5 }] });
  const stack = (text: string) =>
    createAwsStack({
      env: emulator.env,
      program: pinnedProgram(text),
      // Otherwise most of the time goes into stack traces, which would hide everything else.
      settings: {
        runtime: { name: "nodejs", options: { typescript: false, nodeargs: "--stack-trace-limit=1" } },
      },
      files: { "layer_config.yaml": "layers: {dynamo: {version: 5}}\n" },
    });
  const ours = await stack(`require("pulumi-lambda-layers").pinLayers();`);
  const empty = await stack("pulumi.runtime.registerResourceTransform(async () => undefined);");
  try {
    const ratio = await ratioOf(
      () => ours.preview(),
      () => empty.preview(),
      pairs,
    );
    return figure(`preview of ${pinned} pinned functions`, ratio, "x", "the same with an empty transform", 1.1);
  } finally {
    await Promise.all([ours.dispose(), empty.dispose()]);
    await emulator.close();
  }
}

async function resourceFigures(): Promise<Figure[]> {
  const emulator = await startEmulator();
  emulator.seed({
    layers: [{ name: "dynamo-dev", versions: 5 }],
    functions: Array.from({ length: functions }, (_, i) => ({ name: `shared-${i}`, layers: ["dynamo-dev:1"] })),
  });
  const files = { "layer_config.yaml": "layers: {dynamo: {version: 5}}\n" };
  const stack = (text: string) => createAwsStack({ env: emulator.env, program: text, files });
  const ours = await stack(withResource);
  const empty = await stack(withEmptyResource);
  try {
    const ratio = await ratioOf(
      () => ours.preview(),
      () => empty.preview(),
      pairs,
    );
    emulator.resetCounts();
    await ours.preview();
    const previewCalls = total(emulator.counts());
    const bound = Math.ceil(functions / 50);
    return [
      figure(
        `preview of a program of ${functions} functions with the resource`,
        ratio,
        "x",
        "the same with an empty dynamic resource",
        1.25,
      ),
      figure(
        `calls of a preview over ${functions} shared functions`,
        previewCalls,
        "calls",
        `ceil(N/50) + ${aliasesAsked} for aliases + each layer version, by the program and by the provider`,
        bound + aliasesAsked + 2,
      ),
      await previewOfMany(emulator),
    ];
  } finally {
    await Promise.all([ours.dispose(), empty.dispose()]);
    await emulator.close();
  }
}

/** How long a preview takes if all functions are recorded by the resource and as declared. */
async function previewOfMany(emulator: Emulator): Promise<Figure> {
  emulator.seed({
    functions: Array.from({ length: manyFunctions }, (_, i) => ({ name: `many-${i}`, layers: ["dynamo-dev:5"] })),
  });
  const files = { "layer_config.yaml": "layers: {dynamo: {version: 5}}\n" };
  const ours = await createAwsStack({ env: emulator.env, program: reconciling, files });
  const empty = await createAwsStack({ env: emulator.env, program: onlyEmptyResource, files });
  try {
    await Promise.all([ours.up(), empty.up()]);
    const ratio = await ratioOf(
      () => ours.preview("--expect-no-changes"),
      () => empty.preview("--expect-no-changes"),
      pairs,
    );
    const name = `preview of ${manyFunctions} functions that the resource has recorded`;
    return figure(name, ratio, "x", "an empty dynamic resource", 2);
  } finally {
    await Promise.all([ours.dispose(), empty.dispose()]);
  }
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
