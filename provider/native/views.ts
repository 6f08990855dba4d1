import type { FunctionStanding } from "./planned";

/** What becomes of the entry of one function below the resource. */
export interface ViewStep {
  readonly op: "create" | "read" | "same" | "update" | "delete";
  /** As {@link entryName} makes it. */
  readonly name: string;
  /** Layer to version, as it was. */
  readonly old?: Readonly<Record<string, number | string>>;
  /** Layer to version, as it becomes. */
  readonly new?: Readonly<Record<string, number | string>>;
  /** Why the function was not moved. */
  readonly error?: string;
}

/**
 * The name of a function's entry. The engine tells entries apart by the type of what they are below and by their names,
 * in a whole stack: two resources may each have a function of one name, in two regions.
 * @param resource the name of the resource that it is below
 */
export function entryName(resource: string, fn: string): string {
  return `${resource}/${fn}`;
}

/** An entry that the state has. */
export interface RecordedView {
  readonly name: string;
  readonly layers: Readonly<Record<string, number | string>>;
}

/**
 * A step for each entry that there is or is to be. What the state does not have yet appears as created if the function
 * moves, else as read.
 * @param resource the name of the resource that they are below
 * @param failures reasons by the names of the functions that were not moved
 */
export function viewSteps(
  resource: string,
  standings: readonly FunctionStanding[],
  recorded: readonly RecordedView[],
  failures: ReadonlyMap<string, string> = new Map(),
): ViewStep[] {
  const known = new Map(recorded.map((view) => [view.name, view]));
  const names = new Set(standings.map((one) => entryName(resource, one.name)));
  const steps = standings.map(({ name: fn, from, to, moves }): ViewStep => {
    const name = entryName(resource, fn);
    const error = failures.get(fn);
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
  if (rowsOf(steps).length <= mostRows) return [...steps];
  const moving = steps.filter(({ op }) => op !== "read");
  if (preview || rowsOf(moving).length <= mostRows) return moving;
  return moving.flatMap((step): ViewStep[] => {
    if (step.op === "create") return [];
    // Recorded as it becomes, without a row.
    return step.op === "update" && step.error === undefined ? [{ ...step, op: "same", old: step.new }] : [step];
  });
}

/** What an update says before it starts, if functions that move have no rows. */
export function rowsLine(steps: readonly ViewStep[]): string | undefined {
  const rows = rowsOf(steps.filter(({ op }) => op !== "read")).length;
  if (rows <= mostRows) return undefined;
  return `${rows} functions would each have a row, but an update shows at most ${mostRows}, because each row writes the stack's state. Only functions that fail have a row. \`pulumi preview\` lists them all.`;
}

function rowsOf(steps: readonly ViewStep[]): ViewStep[] {
  return steps.filter(({ op }) => op !== "same");
}

/** The steps that remove entries. */
export function removals(recorded: readonly RecordedView[]): ViewStep[] {
  return recorded.map(({ name, layers }) => ({ op: "delete", name, old: layers }));
}
