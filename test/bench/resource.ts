import { startEmulator } from "../emulator";
import { createAwsStack, preamble } from "../support/aws-stack";
import { type Figure, figure, ratioOf } from "./figures";

const functions = 500;
const pairs = 3;

const layer = (version: number) => `arn:aws:lambda:us-east-1:123456789012:layer:dynamo-dev:${version}`;

const program = (resource: string) => `${preamble}
${resource}
for (let i = 0; i < ${functions}; i++) fn("own-" + i, { layers: ["${layer(5)}"] });
`;

const withResource = program(`
const { LayerVersions } = require("pulumi-lambda-layers");
new LayerVersions("layers", { functions: { prefix: "shared-" } });
`);
const withEmptyResource = program(`
class Empty extends pulumi.dynamic.Resource {
  constructor(name) { super({ create: async () => ({ id: "1", outs: {} }) }, name, {}); }
}
new Empty("empty");
`);

/** What the resource adds to a preview, and how many calls to AWS it makes. */
export async function run(): Promise<Figure[]> {
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
        `ceil(N/50) + distinct layer versions`,
        bound + 1,
      ),
    ];
  } finally {
    await Promise.all([ours.dispose(), empty.dispose()]);
    await emulator.close();
  }
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
