import type { Backup } from "../../core/backup";
import { shortStackName } from "../../core/config/declared";
import { LayersError } from "../../core/errors";
import { exportOfCheckpoint, savedAt } from "../../core/state/checkpoint";
import { compareStates } from "../../core/state/compare";
import { StateError } from "../../core/state/error";
import { type Outline, outlineOf } from "../../core/state/outline";
import { reasonOf } from "../../core/system-error";
import type { Lines } from "../../core/text";
import { overwrittenUpdate, type RecordedUpdate } from "../../core/updates";
import type { Backend, Ports } from "../../ports";
import type { LoadedState } from "../plans";

// Between the last export and the import, someone else can change the stack, and Pulumi has no conditional import. An
// overwritten change is detected from the backend's history.

/** What a backend recorded about a stack before an import. */
export interface Watch {
  readonly backend: Backend;
  readonly history: readonly RecordedUpdate[];
  /** The digest of the file that holds the stack; undefined if the backend is no folder, or it cannot be read. */
  readonly digest: string | undefined;
}

/** Someone else's change, overwritten by an import. */
export interface LostUpdate {
  readonly backend: Backend;
  readonly project: string;
  /** Undefined for an import or an edit of the state, which backends without numbers do not record. */
  readonly update: RecordedUpdate | undefined;
  /** The state that it had left, if available. */
  readonly state: LeftState | undefined;
}

/** Someone else's state. A large one is in memory only once. */
interface LeftState {
  readonly content: readonly Uint8Array[];
  readonly savedAt: string | undefined;
}

/** Reads what the backend records of a stack; undefined, with a warning, if that fails. */
export async function watchUpdates(ports: Ports, { stack, facts }: LoadedState): Promise<Watch | undefined> {
  try {
    const project = facts.owner?.project ?? "";
    const [backend, history] = await Promise.all([ports.stacks.backend(stack, project), ports.stacks.history(stack)]);
    const digest = backend.file === undefined ? undefined : await ports.stateFiles.digest(backend.file);
    return { backend, history, digest };
  } catch (error) {
    if (error instanceof LayersError && error.code === "interrupted") throw error;
    warnUnknown(ports, error);
    return undefined;
  }
}

/**
 * Someone else's change that an import has overwritten; undefined if there is none, or, with a warning, if that is
 * unknown.
 * @param imported what was imported
 */
export async function findLostUpdate(
  ports: Ports,
  { stack, facts }: LoadedState,
  imported: Outline,
  watch: Watch | undefined,
): Promise<LostUpdate | undefined> {
  if (!watch) return undefined;
  const { backend } = watch;
  const project = facts.owner?.project ?? "";
  // A folder backend keeps the file that an import has replaced: identical to the earlier one, if nobody came between.
  const replaced = backend.file === undefined ? undefined : `${backend.file}.bak`;
  if (replaced && watch.digest !== undefined && watch.digest === (await ports.stateFiles.digest(replaced)))
    return undefined;
  const previous = replaced && watch.digest !== undefined ? await readIfThere(ports, replaced) : undefined;
  let update: RecordedUpdate | undefined;
  try {
    update = overwrittenUpdate(watch.history, await ports.stacks.history(stack));
  } catch (error) {
    warnUnknown(ports, error);
  }
  // It is our own import if someone has saved the stack since.
  const others = previous && leftIfOther(previous, imported);
  if (!update && !others) return undefined;
  const state = others ?? (update && (await stateOf(ports, stack, update)));
  return { backend, project, update, state };
}

async function readIfThere({ stateFiles }: Ports, file: string): Promise<Uint8Array | undefined> {
  return stateFiles.read(file).catch(() => undefined); // a compressing backend has no such file
}

/** The file kept by a folder backend; undefined if it is the imported state, or not a state. */
function leftIfOther(checkpoint: Uint8Array, imported: Outline): LeftState | undefined {
  try {
    const outline = outlineOf(checkpoint, undefined, "checkpoint");
    if (compareStates(outline, imported, { limit: 1 }).length === 0) return undefined;
    return { content: exportOfCheckpoint(checkpoint), savedAt: savedAt(checkpoint, "checkpoint") };
  } catch (error) {
    if (error instanceof StateError) return undefined;
    throw error;
  }
}

async function stateOf({ stacks }: Ports, stack: string, { version }: RecordedUpdate): Promise<LeftState | undefined> {
  if (version === 0) return undefined;
  const bytes = await stacks.exportVersion(stack, version).catch(() => undefined);
  return bytes && { content: [bytes], savedAt: savedAt(bytes) };
}

/**
 * The error for a run that has overwritten someone else's change; saves the overwritten state, if available.
 * @param before the state as this run had exported it
 */
export async function lostUpdateError(
  ports: Ports,
  stack: string,
  lost: LostUpdate,
  before: Backup,
): Promise<LayersError> {
  const { update, backend } = lost;
  const what = update ? `the ${update.kind} of ${update.endTime ?? update.startTime}` : lostWithoutName(lost);
  const kept = await keep(ports, stack, lost);
  const message = `The import overwrote a change that someone else made to the stack ${stack} in ${backend.url} at the same time: ${what}.`;
  return new LayersError("verification-failed", message, {
    changed: `The state was imported. It is based on the state before that change (${before.shownPath}).${kept === undefined ? "" : ` The overwritten state is kept in ${kept}.`}`,
    next:
      kept === undefined
        ? howToFetch(ports, stack, lost)
        : `Restore it, and run again: ${ports.advisePulumi(["stack", "import", "--stack", stack, "--file", kept])}`,
  });
}

function lostWithoutName({ state }: LostUpdate): string {
  const time = state?.savedAt;
  return `an import or an edit of the state${time === undefined ? "" : `, made from the state of ${time}`}`;
}

async function keep(
  { backups, clock, reporter }: Ports,
  stack: string,
  { state }: LostUpdate,
): Promise<string | undefined> {
  if (!state) return undefined;
  try {
    const [written] = await backups.write(stack, [{ kind: "state", content: state.content }], clock.now());
    return written?.shownPath;
  } catch (error) {
    reporter.warn(`The overwritten state could not be kept: ${reasonOf(error)}`);
    return undefined;
  }
}

function howToFetch({ advisePulumi }: Ports, stack: string, { backend, project, update }: LostUpdate): Lines {
  if (update && update.version > 0) {
    const fetch = ["stack", "export", "--stack", stack, "--version", String(update.version), "--file", "lost.json"];
    return `Export it, import it, and run again: ${advisePulumi(fetch)}`;
  }
  const name = shortStackName(stack);
  const object = `.pulumi/history/${project}/${name}/${name}-*.checkpoint.json`;
  return [
    `Download the state it left, the newest object ${object} in ${backend.url}, as lost.json. Then restore it, and run again:`,
    `jq '{version, deployment: .checkpoint.latest}' lost.json | ${advisePulumi(["stack", "import", "--stack", stack])}`,
  ];
}

function warnUnknown({ reporter }: Ports, error: unknown): void {
  reporter.warn(
    `The backend's update history could not be read (${reasonOf(error)}), so this run cannot tell whether it overwrites someone else's update.`,
  );
}
