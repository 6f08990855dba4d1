// Judges what a run has claimed by what AWS really has. Takes nothing from the product: functions are read from the
// emulator's store, and what was reported is text and plain data.

import type { Emulator, FunctionState } from "../emulator";

/** What a run claims about one function. */
export interface Claim {
  readonly name: string;
  readonly status: string;
  /** The layers that it has now. */
  readonly after: readonly string[];
  /** Whether the run claims to know them. */
  readonly isKnown: boolean;
  readonly changedMeanwhile?: boolean;
}

/** A line of a run record. */
export interface RecordLine {
  readonly line?: unknown;
  readonly function?: unknown;
  readonly outcome?: unknown;
  readonly revision?: unknown;
  readonly layersAfter?: unknown;
}

/** What a run has left behind, besides AWS. */
export interface Told {
  readonly exit: number;
  /** Everything that was printed. */
  readonly text: string;
  readonly claims: readonly Claim[];
  /** Lines of its record; absent if it wrote none. */
  readonly record?: readonly RecordLine[];
}

/** How functions should be. */
export interface Wanted {
  readonly layers: readonly string[];
  /** The layers that each alias should serve. */
  readonly served?: readonly string[];
}

/** Whether AWS has a function as it should be. */
export function isRight(fn: FunctionState, { layers, served }: Wanted): boolean {
  const aliases = served === undefined ? [] : Object.values(fn.served);
  return String(fn.layers) === String(layers) && aliases.every((one) => String(one) === String(served));
}

/**
 * What is wrong with a run: nothing if each function is right or named as not right, and everything reported is true.
 */
export function judge(emulator: Emulator, wanted: Wanted, told: Told): string[] {
  return emulator.functions().flatMap((fn) => {
    const claim = told.claims.find(({ name }) => name === fn.name);
    const last = told.record?.findLast((line) => line.function === fn.arn);
    const wrong = [...judgeClaim(fn, wanted, claim), ...judgeRecord(fn, last)];
    if (!isRight(fn, wanted)) wrong.push(...judgeSilence(fn, told, claim, last));
    return wrong.map((what) => `${fn.name} ${what}; it has ${versions(fn.layers)}, claim: ${JSON.stringify(claim)}`);
  });
}

function judgeClaim(fn: FunctionState, wanted: Wanted, claim: Claim | undefined): string[] {
  if (!claim) return [];
  const isDone = claim.status === "updated" || claim.status === "unchanged";
  return [
    ...(isDone && String(fn.layers) !== String(wanted.layers) ? ["is said to be done, and is not"] : []),
    ...((isDone || claim.isKnown) && String(claim.after) !== String(fn.layers)
      ? [`is said to have ${versions(claim.after)}`]
      : []),
    ...(claim.status === "unknown" && claim.isKnown ? ["is said to be not known, with layers that are"] : []),
    ...(claim.changedMeanwhile ? ["is reported as changed by someone else, but nobody changed it"] : []),
  ];
}

function judgeRecord(fn: FunctionState, last: RecordLine | undefined): string[] {
  // An unknown outcome has no revision, and an announcement alone says nothing yet.
  if (last?.line !== "after" || (last.outcome !== "updated" && last.revision === undefined)) return [];
  const isTrue = String(last.layersAfter) === String(fn.layers);
  return isTrue ? [] : [`is recorded with ${versions(last.layersAfter)}`];
}

function judgeSilence(
  fn: FunctionState,
  { exit, text }: Told,
  claim: Claim | undefined,
  last: RecordLine | undefined,
): string[] {
  if (exit === 0) return ["is not right, and the run ended with 0"];
  const isNamed = new RegExp(`\\b${fn.name}\\b`).test(text);
  // A run that ends for all functions alike has them in the record, as still to do or unknown.
  const isOpen = last !== undefined && last.outcome !== "updated" && last.outcome !== "unchanged";
  const isNothingDone = text.includes("Nothing was changed.");
  return isNamed || isOpen || isNothingDone || claim?.status === "failed" || claim?.status === "unknown"
    ? []
    : ["is not right, and is not named"];
}

function versions(layers: unknown): string {
  return Array.isArray(layers) ? layers.map((layer) => String(layer).split(":").slice(6).join(":")).join() : "none";
}
