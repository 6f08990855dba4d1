import type { StatusTarget } from "./engine";
import type { InputProblem } from "./problems";
import type { Values } from "./values";
import type { RecordedView } from "./views";

/** A resource as the engine names it, and where its entries go. */
export interface Operation {
  readonly urn: string;
  readonly preview?: boolean;
  /** Undefined if the engine knows no entries below a resource. */
  readonly status?: StatusTarget;
  readonly views?: readonly RecordedView[];
  /** Where the resource was when these were recorded; undefined if that is not known. */
  readonly viewsBelow?: string;
}

/** What a check came to. */
export interface CheckedInputs {
  readonly inputs: Values;
  readonly problems: readonly InputProblem[];
}

/** A failure that leaves something to record. */
export class PartiallyDone extends Error {
  constructor(
    readonly id: string,
    readonly outputs: Values,
    readonly reasons: readonly string[],
  ) {
    super(reasons.join("\n"));
  }
}
