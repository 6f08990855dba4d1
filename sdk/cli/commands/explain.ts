import { type ExplainedLayer, type Explanation, explain } from "../../ops/explain";
import type { Context } from "../context";
import { configFile } from "../settings";
import { forEachStack } from "../stacks";

export async function run(context: Context): Promise<number> {
  const { options, args } = context;
  const ports = await context.openPorts();
  return forEachStack(context, async (stack) => {
    const config = ports.configs.load(configFile(options));
    const explanation = await explain(ports, {
      stack,
      config,
      function: args[0] ?? "",
      stateFile: options.stateFile,
    });
    show(context, explanation);
    return { document: explanation };
  });
}

function show({ options, stdout, reporter }: Context, explanation: Explanation): void {
  const { function: name, stack, urn, layers, skipped, live } = explanation;
  if (!live.read) reporter.warn(`Live versions are not known: ${live.reason}`);
  if (options.json) return;
  const { bold } = stdout.colors;
  stdout.line(bold(`Function ${name}`));
  stdout.line(`  ${urn ?? `The state of stack ${stack} does not have it.`}`);
  if (skipped !== undefined) stdout.line(`  An update leaves it alone: ${skipped}.`);
  if (layers.length === 0) stdout.line("  It has no layers.");
  for (const layer of layers) {
    stdout.line(`\n  ${bold(`Layer ${layer.layer}`)}`);
    for (const [title, text] of linesOf(layer, skipped)) stdout.line(`    ${title.padEnd(9)} ${text}`);
  }
}

const rules = {
  arn: "its arn is this layer's",
  "exact name": "this name is among its names",
  "name and stack": "its name and the stack's make up this name",
  name: "its name is this one",
  glob: "one of its names with * fits",
};

function linesOf(
  { arn, entry, recorded, live, changes }: ExplainedLayer,
  skipped: string | undefined,
): [title: string, text: string][] {
  const known = (version: number | undefined) => (version === undefined ? "-" : String(version));
  const state: [string, string][] = [
    ["recorded", known(recorded)],
    ["live", known(live)],
  ];
  if (!entry) return [["arn", arn], ["declared", "by no entry"], ...state, ["update", "leaves it alone"]];
  const { key, rule, version, enforce, overridden, at } = entry;
  const moves = [
    ...(changes.recorded && skipped === undefined
      ? [`records version ${changes.recorded.from} -> ${changes.recorded.to}`]
      : []),
    ...(changes.live ? [`with --sync-aws moves the live function ${changes.live.from} -> ${changes.live.to}`] : []),
  ];
  return [
    ["arn", arn],
    ["entry", `${key}: ${rules[rule]}`],
    [
      "declared",
      `${version}${enforce === "minimum" ? " or newer" : ""} at ${at}${overridden ? ", the stack's override" : ""}`,
    ],
    ...state,
    ["update", moves.length > 0 ? moves.join(", ") : "has nothing to change"],
  ];
}
