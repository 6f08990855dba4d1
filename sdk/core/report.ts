/** A change as the tool's lines and reports name it. */
export interface ReportedChange {
  /** The function's name, or what tells it from others of that name. */
  readonly function: string;
  readonly layer: string;
  /** Null for a layer that is attached. */
  readonly from: number | null;
  /** Null for a layer that is taken off. */
  readonly to: number | null;
}

/** `Function my-function-1: Layer receipt-dynamo-dev version 1 -> 5`: the Python tool's line, word for word. */
export function changeLine(change: ReportedChange): string {
  return `Function ${change.function}: Layer ${change.layer} version ${change.from ?? "-"} -> ${change.to ?? "-"}`;
}
