import { stackInFileNames } from "../../core/backup";
import { shortStackName } from "../../core/config/declared";
import type { LayerSettings } from "../../core/config/settings";
import { type ErrorCode, LayersError, unchanged } from "../../core/errors";
import { sha256 } from "../../core/sha256";
import type { StateFacts } from "../../core/state/facts";
import { scanState } from "../../core/state/scan";
import { count, quotedIfOdd } from "../../core/text";
import type { Ports } from "../../ports";
import type { LoadedState } from "../plans";
import { checkpoint, during, withProgress } from "../steps";
import { invalidLayers } from "./plan";
import type { SelectedRecords } from "./select";

const operationsShown = 5;
const pollWhileImporting = 200;

type Advise = Pick<Ports, "advisePulumi">;

/** Finds the functions in a state's bytes. */
export type ScanState = (bytes: Uint8Array) => StateFacts;

/** How a state is read. */
export interface StateRequest {
  readonly stack: string;
  /** An exported state instead of the stack's own. */
  readonly file?: string;
  readonly scan: ScanState;
}

/** Reads states as a config describes them. */
export function scanAs({ resourceTypes }: Pick<LayerSettings, "resourceTypes">): ScanState {
  return (bytes) => scanState(bytes, { resourceTypes });
}

/** Errors of a machine or folder without the stack, so that there is no state to read. */
const withoutState: readonly ErrorCode[] = ["project-missing", "pulumi-missing", "pulumi-login", "stack-missing"];

/** Whether there is no state to read. */
export function isWithoutState(error: unknown): error is LayersError {
  return error instanceof LayersError && withoutState.includes(error.code);
}

/**
 * Reads a stack's state, or a file that holds one. If an earlier run was killed during its import, waits for that
 * import.
 * @throws LayersError `usage`, `state-invalid`, what the ports throw, or `interrupted`
 */
export async function loadState(ports: Ports, { stack, file, scan }: StateRequest): Promise<LoadedState> {
  stackInFileNames(stack); // rejects invalid stack names before Pulumi is asked
  await checkpoint(ports, unchanged);
  return during(unchanged, async () => {
    const bytes = file === undefined ? await exportState(ports, stack) : await ports.stateFiles.read(file);
    await checkpoint(ports, unchanged);
    const facts = scan(bytes);
    return { stack, file, bytes, facts };
  });
}

async function exportState(ports: Ports, stack: string): Promise<Uint8Array> {
  await waitForEarlierImport(ports, stack);
  const title = `Exporting stack state for ${stack}`;
  return withProgress(ports.reporter, title, () => ports.stacks.exportState(stack, ports.signal));
}

async function waitForEarlierImport({ backups, stacks, reporter, clock, signal }: Ports, stack: string): Promise<void> {
  const file = await backups.notedImport(stack);
  if (file === undefined || !(await stacks.isImporting(file))) return;
  reporter.warn(`An import from an earlier run is still in progress (${file}). Waiting for it to finish.`);
  do await clock.sleep(pollWhileImporting, signal);
  while (await stacks.isImporting(file));
}

/** @throws LayersError `pending-operations` or `state-broken` if a state cannot be updated as it is */
export function refuseUnfit(ports: Advise, state: LoadedState): void {
  const error = unfit(ports, state);
  if (error) throw error.having(unchanged);
}

/**
 * Why a state cannot be updated as it is: an interrupted update, which only Pulumi can resolve, or a broken rule.
 * Undefined if it can.
 */
function unfit(ports: Advise, state: LoadedState): LayersError | undefined {
  return pendingOperations(ports, state) ?? broken(ports, state);
}

function pendingOperations({ advisePulumi }: Advise, { stack, file, facts }: LoadedState): LayersError | undefined {
  const { count: number, first } = facts.pendingOperations;
  if (number === 0) return undefined;
  const shown = first.slice(0, operationsShown).map(({ type, urn }) => `  ${type} ${urn}`);
  const more = number > shown.length ? [`  and ${number - shown.length} more`] : [];
  const what = `The state of ${file ?? `stack ${stack}`} has ${count(number, "pending operation")}: an update was interrupted.`;
  return new LayersError("pending-operations", [what, ...shown, ...more], {
    next: `Run \`${advisePulumi(["refresh", "--stack", stack])}\` to resolve them, and then run again.`,
  });
}

/**
 * The error of a state that breaks Pulumi's own rules, so that Pulumi rejects it; also of one that is valid again, but
 * that Pulumi has marked as invalid before, because it is unknown what was lost. Undefined if it is fine.
 */
export function broken({ advisePulumi }: Advise, { stack, file, facts }: LoadedState): LayersError | undefined {
  const { broken: rule, noted } = facts.integrity;
  const where = file ?? `stack ${stack}`;
  const again = file === undefined ? "and run again" : "export it again, and run again";
  const restore = `restore a backup: ${advisePulumi(["stack", "import", "--stack", stack, "--file", "BACKUP"])}`;
  if (rule) {
    const said = noted ? [`  as Pulumi noted at \`${noted.command}\`: ${noted.error}`] : [];
    const repair = advisePulumi(["state", "repair", "--yes", "--stack", stack]);
    const byHand = (verb: string) => advisePulumi(["stack", verb, "--stack", stack, "--file", "state.json"]);
    return new LayersError(
      "state-broken",
      [`The state of ${where} is broken, and Pulumi rejects it: ${rule.what}`, ...said],
      {
        next: rule.repairable
          ? [`Let Pulumi repair it, ${again}: ${repair}`, `If it cannot, ${restore}`]
          : [
              `Pulumi cannot repair it. Export the state, correct it in an editor and import it: ${byHand("export")}; ${byHand("import")}`,
              `Or ${restore}`,
            ],
      },
    );
  }
  if (!noted) return undefined;
  const { command, error } = noted;
  const message = `The state of ${where} was broken when Pulumi wrote it at \`${command}\`: ${error}. It is valid again now, but what was lost is unknown.`;
  return new LayersError("state-broken", message, {
    next: [
      `Check whether it is complete: ${advisePulumi(["preview", "--stack", stack])}`,
      `If so, let Pulumi rewrite it, which removes the note, ${again}: ${advisePulumi(["refresh", "--yes", "--stack", stack])}`,
      "`pulumi state repair` finds nothing to repair and does not remove the note.",
      `If not, ${restore}`,
    ],
  });
}

function unfitText({ messageLines, nextLines }: LayersError): string {
  return `${messageLines.join(" ")} The state cannot be updated as it is. ${nextLines.join(" ")}`;
}

/** Oddities of a valid state. */
export function integrityWarnings({ stack, file, facts }: LoadedState): string[] {
  const { version, magic } = facts.integrity.manifest;
  const where = file ?? `stack ${stack}`;
  const fits = magic === (version === "" ? "" : sha256(version));
  if (fits) return [];
  return [
    `The manifest of the state of ${where} has a magic number that is not that of Pulumi ${version || "without a version"}: the state was edited, and Pulumi may reject it.`,
  ];
}

/** Warns of a file that holds another stack's state. */
export function foreignState({ stack, file, facts }: LoadedState): string[] {
  const found = facts.owner?.stack;
  if (file === undefined || found === undefined || found === shortStackName(stack)) return [];
  return [
    `${file} is the state of stack ${found}, but the versions declared for ${stack} were used. To use its own: --stack ${found}`,
  ];
}

/** Something about a state that its rows do not show. */
export interface OddState {
  readonly code: "layer-invalid" | "pending-operations" | "state-broken" | "state-foreign";
  readonly message: string;
}

/**
 * What whoever looks at a state has to know beside its rows: that it cannot be updated as it is, that it is another
 * stack's, and what its functions have that is no layer version.
 * @param recorded the functions that are looked at; undefined if it has none of them
 */
export function oddities(
  ports: Pick<Ports, "advisePulumi">,
  state: LoadedState,
  recorded: SelectedRecords | undefined,
): OddState[] {
  const error = unfit(ports, state);
  const code = error?.code === "pending-operations" ? "pending-operations" : "state-broken";
  const own = recorded?.own.filter((fn) => !recorded.excluded.has(fn)) ?? [];
  return [
    ...(error ? [{ code, message: unfitText(error) } as const] : []),
    ...foreignState(state).map((message) => ({ code: "state-foreign", message }) as const),
    ...invalidLayers(own).map(({ function: name, text }) => ({
      code: "layer-invalid" as const,
      message: `Invalid layer ARN format: ${quotedIfOdd(text)} of function ${name}.`,
    })),
  ];
}
