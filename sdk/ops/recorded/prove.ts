import { layerArn, layerVersionArn } from "../../core/arn";
import { type AssessedFunction, assess } from "../../core/assess";
import { type ErrorCode, LayersError, unchanged } from "../../core/errors";
import { factsOf } from "../../core/recorded";
import { patchState } from "../../core/state/patch";
import type { TargetOf } from "../../core/target";
import { countLayers, sentence } from "../../core/text";
import { compareWithProgram, type ProgramFunction, type UndoneLayer } from "../../core/undone";
import type { Ports, PreviewStep } from "../../ports";
import { afterRun } from "../after";
import { type LoadedState, type Proof, skippedName, skipping, type UndoneChange } from "../plans";
import { changeLines, labelsOfChanges } from "../report-changes";
import { checkpoint, withProgress } from "../steps";
import type { ScanState } from "./load";
import type { StatePlan } from "./plan";
import { byName } from "./select";

/** The parts of a state's update that a proof needs. */
export interface ProvablePlan extends Pick<StatePlan, "changes" | "edits"> {
  readonly state: LoadedState;
  /** The selected functions. */
  readonly functions: readonly AssessedFunction[];
  readonly targetOf: TargetOf;
}

/**
 * Checks whether the program keeps the layer versions of a new state before it is imported, by a preview on a temporary
 * copy of the stack. The rest of the preview is ignored.
 * @param scan what the plan's state was scanned with
 * @returns undefined without anything to import
 * @throws LayersError `passphrase`, `interrupted`, and what {@link Ports.programs} throws but `pulumi-failed`
 */
export async function proveState(ports: Ports, plan: ProvablePlan, scan: ScanState): Promise<Proof | undefined> {
  const { reporter, programs, signal } = ports;
  const { state, edits, changes, functions, targetOf } = plan;
  const { owner, secretsProvider } = state.facts;
  if (edits.length === 0 || !owner) {
    reporter.info("There is nothing to prove: no recorded version changes");
    return undefined;
  }
  await checkpoint(ports, unchanged);
  // Only the passphrase provider works wherever the state goes.
  if (secretsProvider !== undefined && secretsProvider !== "passphrase")
    return notProved(`the secrets of stack ${state.stack} are not encrypted by a passphrase (${secretsProvider})`);
  const preview = () => programs.previewOn(owner, patchState(state.bytes, edits), signal);
  let steps: readonly PreviewStep[];
  try {
    steps = await withProgress(reporter, "Previewing the program on a copy of the stack", preview);
  } catch (error) {
    if (!(error instanceof LayersError)) throw error;
    if (error.code === "pulumi-failed") return notProved(error.message);
    throw error.having(unchanged);
  }
  const standings = assess(afterRun(functions, { state: changes, outcomes: [] }).toSorted(byName), targetOf);
  const { undone, unknown } = compareWithProgram(standings, programFunctions(steps, scan), targetOf);
  const verdict = undone.length > 0 ? "undone" : unknown.length > 0 ? "not-proved" : "proved";
  if (verdict === "proved")
    reporter.info("Proved by a preview on a copy of the stack: the program keeps these versions");
  const named = skipping(unknown.map(({ fn }) => fn));
  return { verdict, undone: undone.map(undoneChange), unknown: unknown.map(({ fn, reason }) => named(fn, reason)) };
}

function undoneChange({ fn, layer, to }: UndoneLayer): UndoneChange {
  const { name, region, urn = "" } = fn;
  const versions = { from: layer.version, to: to?.version ?? null, target: to && layerVersionArn(to) };
  return { function: name, region, urn, layer: layer.name, arn: layerArn(layer), ...versions };
}

function notProved(reason: string): Proof {
  return { verdict: "not-proved", undone: [], unknown: [], reason };
}

/** What a program sets for functions that a preview changes, by the state's URNs. */
function programFunctions(steps: readonly PreviewStep[], scan: ScanState): Map<string, ProgramFunction> {
  const found = new Map<string, ProgramFunction>();
  for (const { urn, oldState, newState } of steps) {
    // A function pending deletion has the same URN as its replacement.
    if (oldState?.delete === true) continue;
    // An alias gives a function another URN.
    const known = oldState?.urn ?? urn;
    if (newState) {
      const [fn] = scan(stateOf(newState)).functions;
      if (fn) found.set(known, { layers: fn.inputs, facts: factsOf(fn) });
    } else if (!found.has(known)) found.set(known, "gone");
  }
  return found;
}

/** A state of one resource, so that the same reader applies. */
function stateOf(resource: unknown): Uint8Array {
  return Buffer.from(JSON.stringify({ version: 3, deployment: { resources: [resource] } }));
}

/**
 * The error for a run that has imported nothing because its program would, or may, undo it; undefined if it was proved.
 */
export function proofFailure(
  { advisePulumi }: Pick<Ports, "advisePulumi">,
  { stack, proof }: { readonly stack: string; readonly proof?: Proof | undefined },
): LayersError | undefined {
  if (!proof || proof.verdict === "proved") return undefined;
  const { undone, unknown, reason } = proof;
  const error = (code: ErrorCode, lines: readonly string[], ...next: string[]) =>
    new LayersError(code, lines, { changed: unchanged, next });
  const preview = advisePulumi(["preview", "--stack", stack]);
  const without = `Or run without --prove, and check before the next \`pulumi up\`: ${preview}`;
  const notKnown = unknown.map((one) => `  Function ${skippedName(one)}: ${one.reason}`);
  const leaveOut = "Skip the unknown ones with -e.";
  if (undone.length > 0) {
    return error(
      "program-undoes",
      [
        `A preview on a copy of the stack shows that the program undoes ${countLayers(undone.length)}:`,
        ...changeLines(undone, labelsOfChanges(undone)).map((line) => `  ${line}`),
        ...(notKnown.length > 0 ? ["Which versions it gives these is unknown:", ...notKnown] : []),
      ],
      "Declare these versions in the program, or let it take them from the config with pinLayers() or LayerVersions, called before its functions are created. Then run again.",
      ...(notKnown.length > 0 ? [leaveOut] : []),
      without,
    );
  }
  if (reason === undefined)
    return error(
      "not-proved",
      ["Not proved: which versions the program gives these is unknown.", ...notKnown],
      leaveOut,
      without,
    );
  // Pulumi's message can have several lines.
  const [first = "", ...others] = sentence(reason).split("\n");
  return error(
    "not-proved",
    [`Not proved: ${first}`, ...others],
    `Check whether the program can be previewed at all: ${preview}`,
    "If it can, it needs something that a copy does not have: other stacks, environments, or a secrets provider other than a passphrase. In that case run without --prove, and check the preview before the next `pulumi up`.",
  );
}
