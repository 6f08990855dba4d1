import type { Backup, BackupKind } from "../../core/backup";
import { LayersError, unchanged } from "../../core/errors";
import { compareStates } from "../../core/state/compare";
import type { StateFacts } from "../../core/state/facts";
import { type Outline, outlineOf, type StateSource } from "../../core/state/outline";
import { type LayerEdit, patchState, verifyPatched } from "../../core/state/patch";
import { reasonOf } from "../../core/system-error";
import type { Ports } from "../../ports";
import { pruneBackups } from "../backups";
import type { LoadedState } from "../plans";
import { checkpoint, during, ifPossible, withProgress } from "../steps";
import type { ScanState } from "./load";
import { findLostUpdate, lostUpdateError, watchUpdates } from "./lost-update";
import { free, letGo } from "./memory";

/** A replacement for a state: the state with edits, or the content of another file. */
export type NewContent = { readonly scan: ScanState } & (
  | { readonly edits: readonly LayerEdit[] }
  | { readonly whole: WholeState }
);

/** A state in a file of the backup folder, and the facts found in it at planning. */
export interface WholeState extends Pick<Backup, "path" | "shownPath"> {
  readonly facts: StateFacts;
}

/** A state to replace a stack's. */
export interface Replacement {
  /** The stack's state as exported and planned on. Its bytes are released once they are in the backup. */
  readonly state: LoadedState;
  readonly content: NewContent;
  readonly kind: Exclude<BackupKind, "state">;
  /** The changes, one line each. */
  readonly lines: readonly string[];
  readonly retentionDays: number;
}

const differencesShown = 5;

/**
 * Replaces a stack's state: checks that its secrets can be read, saves the old and the new state, checks that nobody
 * was faster, imports, and compares the result. A large state is in memory only once: comparisons read from the
 * backups.
 * @returns the state as it was
 * @throws LayersError `passphrase`, `backup-folder`, `stack-changed`, `stack-locked`, `verification-failed`,
 * `interrupted`, and what the ports throw; the message says what was changed
 */
export async function replaceStackState(ports: Ports, replacement: Replacement): Promise<Backup> {
  const { state, content, kind, lines } = replacement;
  const { stack } = state;
  const { stacks, reporter, signal } = ports;
  await checkpoint(ports, unchanged);
  const watch = await during(unchanged, () =>
    withProgress(reporter, "Checking that the stack's secrets can be read", async () => {
      const looks = [watchUpdates(ports, state), stacks.checkSecrets(stack, signal)] as const;
      await Promise.allSettled(looks); // no Pulumi process outlives the run
      await looks[1];
      return looks[0];
    }),
  );
  await checkpoint(ports, unchanged);

  const { before, after } = await during(unchanged, () => writeBackups(ports, state, content, kind));
  reporter.info(`State exported to: ${before.shownPath}`);
  for (const line of lines) reporter.info(line);
  reporter.info(`State saved to: ${after.shownPath}`);

  const source = ports.stateFiles.source(after.path);
  try {
    const imported = await during(unchanged, () =>
      checkedOrForgotten(ports, state, content, { before, after, source }),
    );
    // Only now: pruning keeps the newest backups, and the new ones do not count until they are verified.
    await pruneBackups(ports, stack, replacement.retentionDays);
    await importOrForget(ports, stack, after, before);
    const lost = await findLostUpdate(ports, state, imported, watch);
    if (lost) throw await lostUpdateError(ports, stack, lost, before);
    await verifyImport(ports, stack, imported, before);
  } finally {
    source.close();
  }
  reporter.info("Pulumi state updated successfully");
  if (kind === "updated") await warnIfNotNewest(ports, stack, before);
  return before;
}

/** A clock that was set back gives a backup an earlier time than that of one before it, by which a rollback chooses. */
async function warnIfNotNewest(ports: Ports, stack: string, before: Backup): Promise<void> {
  const { backups, reporter, advise } = ports;
  const all = await ifPossible(
    () => backups.list(stack),
    () => [],
  );
  const newest = all.find((one) => one.kind === "state" && one.madeBy === "update");
  if (newest === undefined || newest.path === before.path) return;
  const back = advise(["rollback", "--stack", stack, before.shownPath]);
  reporter.warn(
    `${newest.shownPath} is dated later than this run's backup, so a rollback without a name takes that one. Was the clock set back? To undo this run: ${back}`,
  );
}

/** Saves the new and the old state, and releases the old one's bytes. */
async function writeBackups(
  { backups, clock, stateFiles }: Ports,
  state: LoadedState,
  content: NewContent,
  kind: Replacement["kind"],
): Promise<{ readonly before: Backup; readonly after: Backup }> {
  const whole = "whole" in content ? sourceOf(stateFiles, content.whole) : undefined;
  const patched = "edits" in content ? patchState(state.bytes, content.edits) : [];
  try {
    // The new state first: an old state without it would look like one made by a finished update.
    const files = [
      { kind, content: whole ? piecesOf(whole) : patched },
      { kind: "state" as const, content: [state.bytes] },
    ];
    const written = await backups.write(state.stack, files, clock.now());
    const [after, before] = [written.find((one) => one.kind === kind), written.find((one) => one.kind === "state")];
    if (!after || !before) throw new LayersError("internal", "A backup was not written.");
    letGo(state);
    return { before, after };
  } finally {
    whole?.close();
  }
}

/** @throws LayersError `backup-missing` */
function sourceOf(stateFiles: Ports["stateFiles"], { path, shownPath }: WholeState) {
  try {
    return stateFiles.source(path);
  } catch (cause) {
    throw new LayersError("backup-missing", `Cannot read ${shownPath}: ${reasonOf(cause)}.`, { cause });
  }
}

const piece = 1 << 20;

/** All bytes of a source; can be iterated several times. */
function piecesOf(source: StateSource): Iterable<Uint8Array> {
  return {
    *[Symbol.iterator]() {
      for (let at = 0; at < source.size; at += piece) yield source.read(at, Math.min(at + piece, source.size));
    },
  };
}

interface Written {
  readonly before: Backup;
  readonly after: Backup;
  readonly source: StateSource;
}

/**
 * Reads the new state back, checks it, and returns the positions of its resources. A wrong file is not kept.
 * @throws LayersError `verification-failed`
 */
async function checkedOrForgotten(
  { backups, clock }: Ports,
  { facts }: LoadedState,
  content: NewContent,
  { before, after, source }: Written,
): Promise<Outline> {
  try {
    const bytes = await backups.read(after);
    const [planned, edits] = "edits" in content ? [facts, content.edits] : [content.whole.facts, []];
    verifyPatched(planned, edits, content.scan(bytes));
    const outline = outlineOf(bytes, source);
    free(bytes);
    return outline;
  } catch (error) {
    await backups.remove([after, before], clock.now());
    throw error;
  }
}

const nothingImported = "Nothing was imported: the stack's state is unchanged.";

/**
 * Imports a state, unless someone else has changed the stack. If it is certain that nothing was imported, the new
 * state's file is removed: otherwise the old state would count as one replaced by an update, and a rollback would go
 * back to it.
 */
async function importOrForget(ports: Ports, stack: string, after: Backup, before: Backup): Promise<void> {
  const { stacks, backups, reporter, clock } = ports;
  const title = `Importing state for stack ${stack}`;
  let isUnchanged = true;
  try {
    await refuseIfChanged(ports, stack, before);
    reporter.info(title);
    await during(nothingImported, () => backups.noteImport(stack, after.path));
    try {
      isUnchanged = false;
      await withProgress(reporter, title, () => stacks.importState(stack, after.path));
    } catch (error) {
      const left = await afterFailedImport(ports, stack, before);
      isUnchanged = left.isUnchanged;
      throw error instanceof LayersError ? error.having(left.sentence) : error;
    } finally {
      await backups.forgetImport(stack, after.path);
    }
  } catch (error) {
    if (isUnchanged) await backups.remove([after], clock.now());
    throw error;
  }
}

async function refuseIfChanged(ports: Ports, stack: string, before: Backup): Promise<void> {
  const isUnchanged = await during(nothingImported, () =>
    withProgress(ports.reporter, "Checking that the stack has not changed", () =>
      ports.stacks.isState(stack, before.path, ports.signal),
    ),
  );
  await checkpoint(ports, nothingImported);
  if (isUnchanged) return;
  throw new LayersError("stack-changed", `The stack ${stack} was changed by someone else after this run exported it.`, {
    changed: "Nothing was imported.",
    next: "Run again to plan from the stack's current state.",
  });
}

async function afterFailedImport(
  { stacks }: Ports,
  stack: string,
  before: Backup,
): Promise<{ isUnchanged: boolean; sentence: string }> {
  const backup = `The state before this run is in ${before.shownPath}.`;
  try {
    const isUnchanged = await stacks.isState(stack, before.path);
    const what = isUnchanged ? "The stack's state is unchanged." : `The stack's state has changed. ${backup}`;
    return { isUnchanged, sentence: what };
  } catch {
    return { isUnchanged: false, sentence: `Whether the stack's state has changed is unknown. ${backup}` };
  }
}

async function verifyImport(
  { stacks, reporter, advisePulumi }: Ports,
  stack: string,
  imported: Outline,
  before: Backup,
): Promise<void> {
  const command = advisePulumi(["stack", "import", "--stack", stack, "--file", before.shownPath]);
  const restore = `Check the stack. To restore its previous state: ${command}`;
  const unverified = "The state was imported, but the result was not verified.";
  const now = await during(unverified, () =>
    withProgress(reporter, "Verifying the imported state", () => stacks.exportState(stack)),
  );
  const differences = compareStates(imported, now);
  if (differences.length === 0) return;
  const shown = differences
    .slice(0, differencesShown)
    .map(({ urn, path, kind }) => `  ${kind}: ${urn ?? "state"} ${path}`);
  throw new LayersError(
    "verification-failed",
    [`After the import, the state of ${stack} is not what was imported.`, ...shown],
    { next: restore },
  );
}
