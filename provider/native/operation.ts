import type { InputProblem } from "../resource/problems";
import type { StatusTarget } from "./engine";
import type { Values } from "./values";
import type { RecordedView } from "./views";

/** A resource as the engine names it, and where its entries go. */
export interface Operation {
  readonly urn: string;
  readonly preview?: boolean;
  /** Undefined if the engine does not support entries below a resource. */
  readonly status?: StatusTarget;
  readonly views?: readonly RecordedView[];
  /** The resource's place when these were recorded; undefined if unknown. */
  readonly viewsBelow?: string;
}

/** A check's result. */
export interface CheckedInputs {
  readonly inputs: Values;
  readonly problems: readonly InputProblem[];
}

/** A failure with something to record. */
export class PartiallyDone extends Error {
  constructor(
    readonly id: string,
    readonly outputs: Values,
    readonly reasons: readonly string[],
  ) {
    super(reasons.join("\n"));
  }
}
