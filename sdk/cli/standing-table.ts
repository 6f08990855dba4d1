import { isDrifted, type Place, type Standing } from "../core/assess";
import { labelsOfStandings } from "../ops/report-standings";
import { askedPlaces, declaredText, versionText } from "./report/matrix";
import { columnsOf, none, signOf, unknown } from "./stack-columns";
import { type Cell, printTable } from "./table";
import type { Output } from "./terminal";

/** Standings that belong together in a table, and the first cells of their rows. */
export interface StandingGroup {
  readonly before: readonly Cell[];
  readonly standings: readonly Standing[];
  /** All functions of the stack, to tell those of the same name apart. */
  readonly all: readonly Standing[];
}

/**
 * Prints one row per standing, without columns that were not requested; nothing if there are none.
 * @param titles of the first cells
 */
export function printStandings(stdout: Output, groups: readonly StandingGroup[], titles: readonly string[] = []): void {
  const places = askedPlaces(groups.flatMap(({ standings }) => standings));
  const columns = columnsOf(
    ["", ...titles, "FUNCTION", "LAYER"],
    ["declared", ...places].map((title) => title.toUpperCase()),
  );
  const rows = groups.flatMap(({ before, standings, all }) => {
    const label = labelsOfStandings(all);
    return standings.map((one) => [
      signOf(stdout, one.verdict),
      ...before,
      label(one.fn),
      one.layer?.name ?? unknown(stdout),
      one.layer ? (declaredText(one, ">=") ?? none(stdout)) : unknown(stdout),
      ...places.map((place) => versionCell(stdout, one, place)),
    ]);
  });
  if (rows.length > 0) printTable(stdout, columns, rows);
}

function versionCell(stdout: Output, one: Standing, place: Place): Cell {
  const text = versionText(one[place], "-");
  if (isDrifted(one, place)) return { text, color: stdout.colors.red };
  if (one[place] === "unknown") return unknown(stdout);
  return one[place] === "absent" ? { text, color: stdout.colors.dim } : text;
}
