import type { FunctionStanding } from "./planned";

/** What becomes of the entry of one function below the resource. */
export interface ViewStep {
  readonly op: "create" | "read" | "same" | "update" | "delete";
  /** The function's name. */
  readonly name: string;
  /** Layer to version, as it was. */
  readonly old?: Readonly<Record<string, number | string>>;
  /** Layer to version, as it becomes. */
  readonly new?: Readonly<Record<string, number | string>>;
  /** Why the function was not moved. */
  readonly error?: string;
}

/** An entry that the state has. */
export interface RecordedView {
  readonly name: string;
  readonly layers: Readonly<Record<string, number | string>>;
}

/**
 * A step for each entry that there is or is to be. What the state does not have yet appears as created if the function
 * moves, else as read.
 * @param failures reasons by the names of the functions that were not moved
 */
export function viewSteps(
  standings: readonly FunctionStanding[],
  recorded: readonly RecordedView[],
  failures: ReadonlyMap<string, string> = new Map(),
): ViewStep[] {
  const known = new Map(recorded.map((view) => [view.name, view]));
  const names = new Set(standings.map(({ name }) => name));
  const steps = standings.map(({ name, from, to, moves }): ViewStep => {
    const error = failures.get(name);
    const failed = error !== undefined && { error };
    if (!known.has(name)) return { op: moves ? "create" : "read", name, new: to, ...failed };
    return { op: moves ? "update" : "same", name, old: from, new: to, ...failed };
  });
  const left = recorded.filter(({ name }) => !names.has(name));
  return [...steps, ...removals(left)];
}

/**
 * As many rows as an update may have. The engine writes each into the state by itself: with 500 functions and the file
 * backend that took a tenth of a second a row, and longer with every further function. A preview writes none.
 */
export const mostRows = 100;

/** The steps with no more rows than are worth their time. What is left out has its lines in the log all the same. */
export function withinLimit(steps: readonly ViewStep[], { preview }: { readonly preview: boolean }): ViewStep[] {
  const rows = (list: readonly ViewStep[]) => list.filter(({ op }) => op !== "same").length;
  if (rows(steps) <= mostRows) return [...steps];
  const moving = steps.filter(({ op }) => op !== "read");
  if (preview || rows(moving) <= mostRows) return moving;
  return moving.flatMap((step): ViewStep[] => {
    if (step.op === "create") return [];
    // Recorded as it becomes, without a row.
    return step.op === "update" && step.error === undefined ? [{ ...step, op: "same", old: step.new }] : [step];
  });
}

/** The steps that remove entries. */
export function removals(recorded: readonly RecordedView[]): ViewStep[] {
  return recorded.map(({ name, layers }) => ({ op: "delete", name, old: layers }));
}
