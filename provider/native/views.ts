import type { FunctionStanding } from "./planned";

/** The step for one function's entry below the resource. */
export interface ViewStep {
  readonly op: "create" | "read" | "same" | "update" | "delete";
  /** As {@link entryName} makes it. */
  readonly name: string;
  /** Layer to old version. */
  readonly old?: Readonly<Record<string, number | string>>;
  /** Layer to new version. */
  readonly new?: Readonly<Record<string, number | string>>;
  /** Why the function was not moved. */
  readonly error?: string;
}

/**
 * The name of a function's entry. Within a stack, the engine identifies entries by their parent's type and their name,
 * but two resources may each have a function of the same name in different regions.
 * @param resource the name of the parent resource
 */
export function entryName(resource: string, fn: string): string {
  return `${resource}/${fn}`;
}

/** An entry in the state. */
export interface RecordedView {
  readonly name: string;
  readonly layers: Readonly<Record<string, number | string>>;
}

/**
 * A step for each existing or new entry. New entries appear as created if the function moves, otherwise as read.
 * @param resource the name of the parent resource
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
 * The maximum number of rows in an update. The engine saves the state for each: with 500 functions and the file
 * backend, each row took a tenth of a second, growing with the number of functions. A preview writes none.
 */
export const mostRows = 100;

/**
 * The maximum number of rows that the state keeps of a resource. They add up over many updates, and the engine saves the
 * state twice to remove one: with the file backend `pulumi destroy` took half a minute for 200.
 */
export const mostRecorded = 200;

/** Limits the steps to a reasonable number of rows. The log still has lines for the others. */
export function withinLimit(steps: readonly ViewStep[], { preview }: { readonly preview: boolean }): ViewStep[] {
  const kept = steps.filter(({ op }) => op !== "delete").length;
  if (rowsOf(steps).length <= mostRows && kept <= mostRecorded) return [...steps];
  const moving = steps.filter(({ op }) => op !== "read");
  if (preview) return moving;
  const failed = moving.filter(({ error }) => error !== undefined).slice(0, mostRows);
  const shown = new Set(rowsOf(moving).length <= mostRows ? moving : failed);
  const created = new Set([...failed, ...shown].filter(({ op }) => op === "create").slice(0, roomIn(moving)));
  return moving.flatMap((step): ViewStep[] => {
    if (step.op === "create") return created.has(step) ? [step] : [];
    if (step.op !== "update" || shown.has(step)) return [step];
    // Recorded in its new state, without a row.
    const { error: _error, ...silent } = step;
    return [{ ...silent, op: "same", old: step.new }];
  });
}

/** A message before an update if moving functions have no rows. */
export function rowsLine(steps: readonly ViewStep[]): string | undefined {
  const moving = steps.filter(({ op }) => op !== "read");
  const rows = rowsOf(moving).length;
  if (rows > mostRows)
    return `${rows} functions would each have a row, but an update shows at most ${mostRows}, because each row writes the stack's state. Only functions that fail have a row. \`pulumi preview\` lists them all.`;
  const missing = moving.filter(({ op }) => op === "create").length - roomIn(moving);
  if (missing <= 0) return undefined;
  return `${missing} of ${rows} functions have no row, because the state keeps at most ${mostRecorded} rows of a resource. \`pulumi preview\` lists them all.`;
}

/** How many more rows the state may keep. */
function roomIn(moving: readonly ViewStep[]): number {
  return Math.max(0, mostRecorded - moving.filter(({ op }) => op === "same" || op === "update").length);
}

function rowsOf(steps: readonly ViewStep[]): ViewStep[] {
  return steps.filter(({ op }) => op !== "same");
}

/** The steps that remove entries. */
export function removals(recorded: readonly RecordedView[]): ViewStep[] {
  return recorded.map(({ name, layers }) => ({ op: "delete", name, old: layers }));
}
