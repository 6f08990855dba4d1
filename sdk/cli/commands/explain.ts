import { whenText } from "../../core/config/when";
import { labelsOf, type NamedFunction } from "../../core/function-arn";
import { shown } from "../../core/text";
import { failedReading } from "../../ops/expectation";
import {
  type ExplainedFunction,
  type ExplainedLayer,
  type ExplainedVariant,
  type Explanation,
  explain,
} from "../../ops/explain";
import type { Context } from "../context";
import { assessRequest } from "../looked";
import { askedPlaces, versionText } from "../report/matrix";
import { forEachStack } from "../stacks";

export async function run(context: Context): Promise<number> {
  const { args } = context;
  return forEachStack(context, async ({ stack, context, ports }) => {
    const request = assessRequest(ports, context.options, stack);
    const explanation = await explain(ports, { ...request, function: args[0] ?? "" });
    show(context, explanation);
    return { document: documentOf(explanation) };
  });
}

/** One function stands in the document itself, several in a list. */
function documentOf({ functions, ...others }: Explanation) {
  const [first, ...more] = functions;
  return more.length === 0 ? { ...others, ...first } : { ...others, functions };
}

function show({ options, stdout, reporter }: Context, { stack, functions, live }: Explanation): void {
  if (!live.read) reporter.warn(`Live versions are not known: ${live.reason}`);
  if (options.json) return;
  const named = ({ function: name, region, account }: ExplainedFunction): NamedFunction => ({ name, region, account });
  const label = labelsOf(functions.map(named));
  const { bold } = stdout.colors;
  for (const [index, fn] of functions.entries()) {
    const { urn, recordedBy, layers, skipped } = fn;
    stdout.line(`${index > 0 ? "\n" : ""}${bold(shown(`Function ${label(named(fn))}`))}`);
    stdout.line(`  ${shown(urn ?? `The state of stack ${stack} does not have it.`)}`);
    if (recordedBy === "resource") stdout.line("  This LayerVersions resource records its layers.");
    if (skipped !== undefined) stdout.line(`  An update leaves it alone: ${shown(skipped)}.`);
    if (layers.length === 0 && skipped === undefined)
      stdout.line(failedReading(live) ? "  It records no layers; live ones are not known." : "  It has no layers.");
    for (const layer of layers) {
      stdout.line(`\n  ${bold(shown(`Layer ${layer.layer}`))}`);
      for (const [title, text] of linesOf(layer, fn)) stdout.line(`    ${title.padEnd(9)} ${shown(text)}`);
    }
  }
}

const rules = {
  arn: "its arn is this layer's",
  "arn with placeholders": "its arn with placeholders fits",
  "exact name": "this name is among its names",
  "name and stack": "its name and the stack's make up this name",
  name: "its name is this one",
  glob: "one of its names with * fits",
};

/** What is said of an update that changes nothing. */
const idle = {
  "as-declared": "has nothing to change",
  drift: "does not change that",
  unknown: "may have something to change",
  undeclared: "leaves it alone",
};

/** `4 -> 5`, or with the layer that comes: `4 -> base-v3:1`. */
function moveText({ from, to, target }: NonNullable<ExplainedLayer["changes"]["live"]>): string {
  return `${from ?? "-"} -> ${target === undefined ? to : target.split(":").slice(-2).join(":")}`;
}

function variantLines(variant: ExplainedVariant | undefined): Line[] {
  if (!variant) return [];
  const { when, description, until, at } = variant;
  const isException = when.function !== undefined || until !== undefined;
  return [
    ["variant", `for ${whenText(when)} (${at})`],
    ...(isException || description !== undefined
      ? [["reason", [description, until && `until ${until}`].filter(Boolean).join(", ") || "none is given"] as const]
      : []),
  ];
}

type Line = readonly [title: string, text: string];

function linesOf(layer: ExplainedLayer, { skipped, recordedBy }: ExplainedFunction): Line[] {
  const { arn, entry, changes, verdict, remedies } = layer;
  const state = askedPlaces([layer]).map((place): Line => [place, versionText(layer[place], "-")]);
  if (!entry) return [["arn", arn], ["declared", "by no entry"], ...state, ["update", idle.undeclared]];
  const { key, rule, version = "?", enforce, overridden, at, isReplaced, variant, why, cause } = entry;
  const { recorded, live } = changes;
  const withAws = recordedBy === undefined ? "by sync" : "with --sync-aws";
  const moves = [
    ...(recorded && skipped === undefined ? [`records version ${moveText(recorded)}`] : []),
    ...(live ? [`${withAws} moves the live function ${moveText(live)}`] : []),
  ];
  return [
    ["arn", arn],
    ["entry", `${key}: ${isReplaced ? "it replaces this layer" : rules[rule]}`],
    ...variantLines(variant),
    why === undefined
      ? [
          "declared",
          `${version}${enforce === "minimum" ? " or newer" : ""} at ${at}${overridden ? ", the stack's override" : ""}`,
        ]
      : ["declared", `not known: ${why}`],
    ...(cause === undefined ? [] : [["because", `the function has ${cause} now`] as const]),
    ...state,
    ["update", moves.length > 0 ? moves.join(", ") : idle[verdict]],
    ...(remedies.length > 0 ? [["remedy", remedies.join(", or ")] as const] : []),
  ];
}
