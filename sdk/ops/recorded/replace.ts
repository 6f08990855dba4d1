import { type Backup, type BackupKind, expiredBackups } from "../../core/backup";
import { LayersError, unchanged } from "../../core/errors";
import { compareStates } from "../../core/state/compare";
import { type LayerEdit, patchState, verifyPatched } from "../../core/state/patch";
import { reasonOf } from "../../core/system-error";
import type { Ports } from "../../ports";
import type { LoadedState } from "../plans";
import { checkpoint, during, withProgress } from "../steps";
import type { ScanState } from "./load";
import { findLostUpdate, lostUpdateError, watchUpdates } from "./lost-update";

/** A state that is to take the place of a stack's. */
export interface Replacement {
  /** The stack's state as it was exported and planned upon. */
  readonly state: LoadedState;
  readonly content: Uint8Array;
  /** Under which kind of name the new state is kept. */
  readonly kind: Exclude<BackupKind, "state">;
  /** What changes, a line each. */
  readonly lines: readonly string[];
  readonly retentionDays: number;
}

const differencesShown = 5;

/**
 * The state with its edits made, checked by reading it anew.
 * @throws LayersError `verification-failed`
 */
export function patchedState({ bytes, facts }: LoadedState, edits: readonly LayerEdit[], scan: ScanState): Uint8Array {
  const content = Buffer.concat([...patchState(bytes, edits)]);
  verifyPatched(facts, edits, scan(content));
  return content;
}

/**
 * Replaces a stack's state: finds out whether its secrets can be read, keeps the state as it was and as it is to be,
 * makes sure that nobody was faster, imports, and compares what the stack has then.
 * @returns the state as it was, and what the stack has now
 * @throws LayersError `passphrase`, `backup-folder`, `stack-changed`, `stack-locked`, `verification-failed`,
 * `interrupted`, and what the ports throw; the message says what was changed
 */
export async function replaceStackState(
  ports: Ports,
  replacement: Replacement,
): Promise<{ readonly before: Backup; readonly now: Uint8Array }> {
  const { state, content, kind, lines } = replacement;
  const { stack } = state;
  const { stacks, backups, reporter, clock, signal } = ports;
  checkpoint(ports, unchanged);
  const watch = await during(unchanged, () =>
    withProgress(reporter, "Checking that the stack's secrets can be read", async () => {
      const looks = [watchUpdates(ports, state), stacks.checkSecrets(stack, signal)] as const;
      await Promise.allSettled(looks); // no Pulumi goes on when the run has ended
      await looks[1];
      return looks[0];
    }),
  );
  checkpoint(ports, unchanged);

  // The new state first: a state without it would look like one that an update made.
  const files = [
    { kind, content: [content] },
    { kind: "state" as const, content: [state.bytes] },
  ];
  const written = await during(unchanged, () => backups.write(stack, files, clock.now()));
  const [after, before] = [written.find((one) => one.kind === kind), written.find((one) => one.kind === "state")];
  if (!after || !before) throw new LayersError("internal", "A backup was not written.", { changed: unchanged });
  reporter.info(`State exported to: ${before.shownPath}`);
  for (const line of lines) reporter.info(line);
  reporter.info(`State saved to: ${after.shownPath}`);
  await pruneBackups(ports, stack, replacement.retentionDays);

  await importOrForget(ports, state, after, before);
  const lost = await findLostUpdate(ports, state, content, watch);
  if (lost) throw await lostUpdateError(ports, stack, lost, before);
  const now = await verifyImport(ports, stack, content, before);
  reporter.info("Pulumi state updated successfully");
  return { before, now };
}

/**
 * Imports a state. Where it is known that nothing was imported, the file that was to be goes too: with it, the state as
 * it was would count as one that an update has replaced, and a rollback would go back to it.
 */
async function importOrForget(ports: Ports, state: LoadedState, after: Backup, before: Backup): Promise<void> {
  const forget = () => ports.backups.remove([after], ports.clock.now());
  try {
    await refuseIfChanged(ports, state);
  } catch (error) {
    await forget();
    throw error;
  }
  await importFile(ports, state, after, before, forget);
}

async function refuseIfChanged(ports: Ports, { stack, bytes }: LoadedState): Promise<void> {
  const nothing = "Nothing was imported: the stack's state is as it was.";
  const now = await during(nothing, () =>
    withProgress(ports.reporter, "Making sure that the stack has not changed", () =>
      ports.stacks.exportState(stack, ports.signal),
    ),
  );
  checkpoint(ports, nothing);
  if (Buffer.compare(now, bytes) === 0) return;
  throw new LayersError(
    "stack-changed",
    `The stack ${stack} was changed by somebody else since this run exported it.`,
    { changed: "Nothing was imported.", next: "Run again: the changes are planned anew on the stack as it is then." },
  );
}

async function importFile(
  ports: Ports,
  state: LoadedState,
  file: Backup,
  before: Backup,
  forget: () => Promise<void>,
): Promise<void> {
  const { stacks, backups, reporter } = ports;
  const { stack } = state;
  reporter.info(`Importing state for stack ${stack}`);
  try {
    await during("Nothing was imported: the stack's state is as it was.", () => backups.noteImport(stack, file.path));
  } catch (error) {
    await forget();
    throw error;
  }
  try {
    await withProgress(reporter, `Importing state for stack ${stack}`, () => stacks.importState(stack, file.path));
  } catch (error) {
    const { isUnchanged, sentence: left } = await afterFailedImport(ports, state, before);
    if (isUnchanged) await forget();
    throw error instanceof LayersError ? error.having(left) : error;
  } finally {
    await backups.forgetImport(stack, file.path);
  }
}

/** What a failed import has left behind. */
async function afterFailedImport(
  { stacks }: Ports,
  { stack, bytes }: LoadedState,
  before: Backup,
): Promise<{ isUnchanged: boolean; sentence: string }> {
  const backup = `The state before this run is in ${before.shownPath}.`;
  try {
    const isUnchanged = Buffer.compare(await stacks.exportState(stack), bytes) === 0;
    const what = isUnchanged ? "The stack's state is as it was." : `The stack's state has changed. ${backup}`;
    return { isUnchanged, sentence: what };
  } catch {
    return { isUnchanged: false, sentence: `Whether the stack's state has changed is not known. ${backup}` };
  }
}

async function verifyImport(
  { stacks, reporter }: Ports,
  stack: string,
  content: Uint8Array,
  before: Backup,
): Promise<Uint8Array> {
  const restore = `Look at the stack, and if it is not right: pulumi stack import --stack ${stack} --file ${before.shownPath}`;
  const unverified = "The state was imported, but what the stack has now was not compared with it.";
  const now = await during(unverified, () =>
    withProgress(reporter, "Comparing what was imported", () => stacks.exportState(stack)),
  );
  const differences = compareStates(content, now);
  if (differences.length === 0) return now;
  const shown = differences
    .slice(0, differencesShown)
    .map(({ urn, path, kind }) => `  ${kind}: ${urn ?? "state"} ${path}`);
  throw new LayersError(
    "verification-failed",
    [`After the import, the state of ${stack} is not what was imported.`, ...shown],
    { next: restore },
  );
}

/** Removes a stack's backups that are older than the retention. A failure is told, and ends nothing. */
export async function pruneBackups({ backups, reporter, clock }: Ports, stack: string, days: number): Promise<void> {
  try {
    const now = clock.now();
    const expired = expiredBackups(await backups.list(stack), days, now);
    await backups.remove(expired, now);
    if (expired.length > 0) reporter.info(`Removed ${expired.length} backup files older than ${days} days`);
  } catch (error) {
    reporter.warn(`Old backups could not be removed: ${reasonOf(error)}`);
  }
}
