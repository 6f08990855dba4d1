import { isDrifted, type Place, type Standing } from "../../core/assess";
import type { Assessment } from "../../ops/assess";
import { labelsOfStandings } from "../../ops/tell";
import type { Context } from "../context";
import { look, lookOutcome } from "../looked";
import { askedPlaces, declaredText, versionText } from "../report/matrix";
import { verdictOf } from "../report/verdict";
import { forEachStack } from "../stacks";
import { type Cell, type Column, printTable } from "../table";

export async function run(context: Context): Promise<number> {
  const { options } = context;
  const ports = await context.openPorts();
  return forEachStack(context, async (stack) => {
    const assessment = await look(context, ports, stack);
    const shown = options.drifted ? assessment.standings.filter(isOpen) : assessment.standings;
    if (!options.json) show(context, assessment, shown);
    return lookOutcome(context, ports, assessment, shown);
  });
}

/** Whether something is left to do about a layer, or to find out. */
function isOpen({ verdict }: Standing): boolean {
  return verdict === "drift" || verdict === "unknown";
}

function show({ stdout, reporter }: Context, assessment: Assessment, standings: readonly Standing[]): void {
  const label = labelsOfStandings(assessment.standings);
  const { red, yellow, dim } = stdout.colors;
  const places = askedPlaces(standings);
  const columns: Column[] = [
    ...["", "FUNCTION", "LAYER"].map((title) => ({ title })),
    ...["declared", ...places].map((title) => ({ title: title.toUpperCase(), align: "right" as const })),
  ];
  const unknown: Cell = { text: "?", color: yellow };
  const signs: Partial<Record<Standing["verdict"], Cell>> = { drift: { text: "!", color: red }, unknown };
  const version = (one: Standing, place: Place): Cell => {
    const text = versionText(one[place], "-");
    if (isDrifted(one, place)) return { text, color: red };
    if (one[place] === "unknown") return unknown;
    return one[place] === "absent" ? { text, color: dim } : text;
  };
  const cells = standings.map((one) => [
    signs[one.verdict] ?? "",
    label(one.fn),
    one.layer?.name ?? unknown,
    one.layer ? (declaredText(one, ">=") ?? { text: "-", color: dim }) : unknown,
    ...places.map((place) => version(one, place)),
  ]);
  if (cells.length > 0) printTable(stdout, columns, cells);
  reporter.info(verdictOf(assessment).text);
}
