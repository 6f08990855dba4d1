import { isDrifted, type Standing } from "../core/assess";

/** What brings drifted layers back to what is declared; each includes what the ones behind it of its kind do. */
export const repairs = ["program and refresh", "program", "update with AWS", "update", "sync"] as const;

/** One of {@link repairs}. */
export type Repair = (typeof repairs)[number];

/** What brings a drifted layer of a function back: one of these is enough, the first is the surest. */
export function repairsOf(standing: Pick<Standing, "fn" | "recorded" | "live" | "target" | "isLost">): Repair[] {
  const { isGone, recordedBy } = standing.fn;
  if (isGone) return ["program and refresh"];
  if (recordedBy === undefined) return ["sync"];
  // Only the program brings such a record up to date.
  if (recordedBy === "resource") return isDrifted(standing, "recorded") ? ["program"] : ["program", "update with AWS"];
  return [isDrifted(standing, "live") ? "update with AWS" : "update"];
}

/** What repairs all of several layers, each once: an update in AWS includes that of the state. */
export function repairsOfAll(standings: readonly Standing[]): Repair[] {
  const needed = new Set(standings.flatMap((one) => (one.verdict === "drift" ? repairsOf(one).slice(0, 1) : [])));
  if (needed.has("program and refresh")) needed.delete("program");
  if (needed.has("update with AWS")) needed.delete("update");
  return repairs.filter((one) => needed.has(one));
}
