import { isDrifted, type Standing } from "../core/assess";

/** Ways to fix drift; each includes the later ones of its kind. */
const repairs = ["program and refresh", "program", "update with AWS", "update", "sync"] as const;

/** One of {@link repairs}. */
export type Repair = (typeof repairs)[number];

/** Ways to fix a drifted layer of a function: one is enough, the first is the safest. */
export function repairsOf(standing: Pick<Standing, "fn" | "recorded" | "live" | "target" | "isLost">): Repair[] {
  const { isGone, recordedBy } = standing.fn;
  if (isGone) return ["program and refresh"];
  if (recordedBy === undefined) return ["sync"];
  // Only the program can update such a record.
  if (recordedBy === "resource") return isDrifted(standing, "recorded") ? ["program"] : ["program", "update with AWS"];
  return [isDrifted(standing, "live") ? "update with AWS" : "update"];
}

/** What fixes all of several layers, without duplicates: an update in AWS includes that of the state. */
export function repairsOfAll(standings: readonly Standing[]): Repair[] {
  const needed = new Set(standings.flatMap((one) => (one.verdict === "drift" ? repairsOf(one).slice(0, 1) : [])));
  if (needed.has("program and refresh")) needed.delete("program");
  if (needed.has("update with AWS")) needed.delete("update");
  return repairs.filter((one) => needed.has(one));
}
