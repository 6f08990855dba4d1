import { whenText } from "../../core/config/when";
import { LayersError } from "../../core/errors";
import { count } from "../../core/text";
import type { Available, AvailableVersion, Presence } from "../../ops/available";
import { failedReading } from "../../ops/expectation";
import { labelsOfLayers } from "../../ops/matches";
import { readAvailable, unreadOf } from "../../ops/outdated";
import type { Ports } from "../../ports";
import type { Context } from "../context";
import { assessRequest } from "../looked";
import { addToFeeds, type Feeds, writeFeeds } from "../renovate";
import { columnsOf, none, unknown } from "../stack-columns";
import { forEachStack } from "../stacks";
import { type Cell, type Column, printTable } from "../table";
import { flagWords } from "../words";

export async function run(context: Context): Promise<number> {
  const feeds: Feeds = { byEntry: new Map(), varying: new Set() };
  const status = await forEachStack(context, async ({ stack, context, ports }) => {
    const { options } = context;
    const { region, variant } = options;
    const { available } = await readAvailable(ports, { ...assessRequest(ports, options, stack), region, variant });
    show(context, available);
    if (options.renovate !== undefined) addToFeeds(feeds, available.layers);
    return { document: available, error: failure(context, ports, available) };
  });
  if (context.options.renovate !== undefined) await writeFeeds(context, context.options.renovate, feeds);
  return status;
}

const columns: readonly Column[] = [
  ...columnsOf(["", "LAYER"], ["DECLARED", "NEWEST", "COMPATIBLE"]),
  { title: "PUBLISHED" },
];

/** What is wrong with a declared version: for the table, and as the end of a sentence. */
const concerns: Record<Exclude<Presence, "available">, readonly [short: string, text: string]> = {
  deleted: ["deleted", "was deleted: functions that already have it keep working, but it can't be attached again"],
  missing: ["missing", "does not exist: it was never published, or was deleted"],
  "never-published": ["never published", "does not exist: no version of the layer was ever published"],
  unreadable: ["unreadable", "cannot be read: it was deleted, or is no longer shared"],
};

function show({ options, stdout, reporter }: Context, { layers, live }: Available): void {
  const label = labelsOfLayers(layers);
  const failed = failedReading(live);
  if (failed) reporter.warn(`Live functions could not be read: ${failed.reason}`);
  for (const row of layers) {
    const { declared, at, declaredVersion, outdated, reason, code, region } = row;
    if (outdated && code === undefined && declaredVersion !== undefined && declaredVersion !== "available")
      reporter.warn(`Layer ${label(row)}: version ${declared} (${at}) ${concerns[declaredVersion][1]} (in ${region}).`);
    if (reason !== undefined) reporter.warn(`Layer ${label(row)}: ${reason}`);
  }
  if (options.json) return;
  if (layers.length === 0) {
    reporter.info("No layers are declared");
    return;
  }
  const { red, yellow } = stdout.colors;
  const rows = layers.map((row): Cell[] => {
    const { declared, declaredVersion = "available", newest, compatible, outdated, code } = row;
    const missing = code ? unknown(stdout) : none(stdout);
    const version = (found: AvailableVersion | undefined) => (found ? String(found.version) : missing);
    const concern =
      declaredVersion !== "available" && outdated && code === undefined ? concerns[declaredVersion] : undefined;
    const sign: Cell = concern
      ? { text: "x", color: red }
      : outdated
        ? { text: "!", color: yellow }
        : code
          ? unknown(stdout)
          : "";
    return [
      sign,
      label(row),
      concern ? { text: `${declared} (${concern[0]})`, color: red } : String(declared),
      version(newest),
      version(compatible),
      newest?.published ? newest.published.toLocaleDateString("sv") : missing, // 2024-08-24
    ];
  });
  const hasVariants = layers.some(({ variant }) => variant !== undefined);
  const whens = layers.map(({ variant }) => (variant ? `${variant.number}: ${whenText(variant.when)}` : ""));
  const withVariants = rows.map((cells, index) => cells.toSpliced(2, 0, whens[index] ?? ""));
  if (hasVariants) printTable(stdout, columns.toSpliced(2, 0, { title: "FOR" }), withVariants);
  else printTable(stdout, columns, rows);
  reporter.info(verdictOf({ layers, live }));
}

function verdictOf({ layers, live }: Pick<Available, "layers" | "live">): string {
  const all = count(layers.length, "layer");
  const outdated = layers.filter((row) => row.outdated).length;
  const unknown = layers.filter(({ code }) => code !== undefined).length;
  if (outdated + unknown === 0)
    return failedReading(live) ? "No layer is known to be outdated" : "All layers are up to date";
  const parts = [
    ...(outdated > 0 ? [`${outdated} of ${all} outdated`] : []),
    ...(unknown > 0 ? [`${unknown} of ${all} unknown`] : []),
  ];
  return parts.join("; ");
}

/** An error for outdated layers, if none are allowed, otherwise for what could not be read. */
function failure({ options }: Context, { advise }: Ports, available: Available): LayersError | undefined {
  const { stack, layers } = available;
  const outdated = layers.filter((row) => row.outdated).length;
  if (options.expectNoChanges && outdated > 0) {
    const which = flagWords({ "--stack": options.stack && stack, "--state-file": options.stateFile });
    return new LayersError("changes-found", `Stack ${stack}: ${count(outdated, "layer")} outdated.`, {
      next: `To upgrade them: ${advise(["upgrade", ...which, "--dry-run"])}`,
    });
  }
  const code = unreadOf(available);
  return (
    code &&
    new LayersError(code, `Could not determine what is outdated in stack ${stack}: not everything could be read.`)
  );
}
