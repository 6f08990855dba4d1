import { whenText } from "../../core/config/when";
import { LayersError } from "../../core/errors";
import { labelsOf } from "../../core/function-arn";
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
import { openEstate } from "../estate";
import {
  declaredIn,
  type ExplanationRow,
  explanationRow,
  namedFunction,
  printExplanations,
} from "../explanation-table";
import { assessRequest } from "../looked";
import { askedPlaces, versionText } from "../report/matrix";
import { liveGaps, totalsText } from "../report/verdict";
import { signOf } from "../stack-columns";
import { forEachStack, type StackRun } from "../stacks";

export async function run(context: Context): Promise<number> {
  const [name = ""] = context.args;
  const estate = await openEstate(context);
  const { isSeveral } = estate;
  let isNowhere = false;
  const work = async (run: StackRun) => {
    const { stack, context, ports } = run;
    const request = assessRequest(ports, context.options, stack);
    // With many stacks it is enough if one has the function; AWS is not searched for the others.
    const explanation = await explain(ports, { ...request, function: name, ifRecorded: isSeveral });
    if (!isSeveral) show(context, explanation);
    return {
      document: documentOf(explanation),
      row: isSeveral ? explanationRow(run, explanation) : undefined,
    };
  };
  const status = await forEachStack<ExplanationRow>(context, work, {
    ...{ estate, stdout: "end" },
    onEnd: (rows) => {
      if (!isSeveral) return;
      printExplanations(context, rows);
      isNowhere = rows.every((row) => !("functions" in row) || row.functions.length === 0);
    },
  });
  if (status !== 0 || !isNowhere) return status;
  const error = new LayersError("usage", `None of these stacks records a function ${name}.`, {
    next: `Look for it in AWS, as one of a stack: ${(await context.openPorts()).advise(["explain", name, "--stack", "STACK"])}`,
  });
  context.reporter.error(error.lines);
  return error.exitStatus;
}

/** One function stands in the document itself, several or none in a list. */
function documentOf({ functions, isStateRead: _, ...others }: Explanation) {
  return functions.length === 1 ? { ...others, ...functions[0] } : { ...others, functions };
}

function show({ options, stdout, reporter }: Context, explanation: Explanation): void {
  const { stack, functions, live, totals, isStateRead } = explanation;
  const unrecorded = isStateRead ? `Not in the state of stack ${stack}.` : "No state was read.";
  if (!live.read) reporter.warn(`Live versions are unknown: ${live.reason}`);
  if (options.json) return;
  const label = labelsOf(functions.map(namedFunction));
  const { bold } = stdout.colors;
  for (const [index, fn] of functions.entries()) {
    const { urn, recordedBy, layers, skipped } = fn;
    stdout.line(`${index > 0 ? "\n" : ""}${bold(shown(`Function ${label(namedFunction(fn))}`))}`);
    stdout.line(`  ${shown(urn ?? unrecorded)}`);
    if (recordedBy === "resource") stdout.line("  Its layers are recorded by this LayerVersions resource.");
    if (skipped !== undefined) stdout.line(`  An update skips it: ${shown(skipped)}.`);
    if (layers.length === 0 && skipped === undefined)
      stdout.line(
        failedReading(live) ? "  No layers are recorded; live layers are unknown." : "  It has no layer versions.",
      );
    for (const layer of layers) {
      const sign = signOf(stdout, layer.verdict);
      const title = shown(`Layer ${layer.layer}`);
      stdout.line(`\n  ${bold(typeof sign === "string" ? title : sign.color(title))}`);
      for (const [title, text] of linesOf(layer, fn)) stdout.line(`    ${title.padEnd(9)} ${shown(text)}`);
    }
  }
  reporter.info([totalsText(totals), ...liveGaps(live)].join("; "));
}

const rules = {
  arn: "its arn is this layer",
  "arn with placeholders": "its arn matches, with placeholders filled in",
  "exact name": "this name is one of its names",
  "name and stack": "its name combined with the stack's is this name",
  name: "its name is this name",
  glob: "one of its names with * matches",
};

/** The text for an update that changes nothing. */
const idle = {
  "as-declared": "changes nothing",
  drift: "does not fix this drift",
  unknown: "may change it",
  undeclared: "does not touch it",
};

/** `4 -> 5`, or with the new layer: `4 -> base-v3:1`. */
function moveText({ from, to, target }: NonNullable<ExplainedLayer["changes"]["live"]>): string {
  return `${from} -> ${target === undefined ? to : target.split(":").slice(-2).join(":")}`;
}

function variantLines(variant: ExplainedVariant | undefined): Line[] {
  if (!variant) return [];
  const { when, description, until, at } = variant;
  const isException = when.function !== undefined || until !== undefined;
  return [
    ["variant", `for ${whenText(when)} (${at})`],
    ...(isException || description !== undefined
      ? [["reason", [description, until && `until ${until}`].filter(Boolean).join(", ") || "none given"] as const]
      : []),
  ];
}

type Line = readonly [title: string, text: string];

function linesOf(layer: ExplainedLayer, { skipped, recordedBy }: ExplainedFunction): Line[] {
  const { arn, entry, changes, verdict, remedies } = layer;
  const state = askedPlaces([layer]).map((place): Line => [place, versionText(layer[place], "-")]);
  if (!entry) return [["arn", arn], ["declared", "not declared by any entry"], ...state, ["update", idle.undeclared]];
  const { key, rule, enforce, overridden, at, isReplaced, variant, why, cause } = entry;
  const { recorded, live } = changes;
  const withAws = recordedBy === undefined ? "sync" : "with --sync-aws";
  const moves = [
    ...(recorded && skipped === undefined ? [`changes the recorded version ${moveText(recorded)}`] : []),
    ...(live && live.from !== null ? [`${withAws} changes the live function ${moveText(live)}`] : []),
    ...(live && live.from === null ? [`${withAws} attaches version ${live.to} to the live function again`] : []),
  ];
  return [
    ["arn", arn],
    ["entry", `${key}: ${isReplaced ? "it replaces this layer" : rules[rule]}`],
    ...variantLines(variant),
    why === undefined
      ? [
          "declared",
          `${declaredIn(layer)}${enforce === "minimum" ? " or newer" : ""} at ${at}${overridden ? ", the stack's override" : ""}`,
        ]
      : ["declared", `unknown: ${why}`],
    ...(cause === undefined ? [] : [["because", `the function now has ${cause}`] as const]),
    ...state,
    ["update", moves.length > 0 ? moves.join(", ") : idle[verdict]],
    ...(remedies.length > 0 ? [["remedy", remedies.join(", or ")] as const] : []),
  ];
}
