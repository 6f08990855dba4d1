/** A change as the tool's lines and reports name it. */
export interface ReportedChange {
  readonly function: string;
  readonly layer: string;
  readonly from: number;
  readonly to: number;
}

/** `Function my-function-1: Layer receipt-dynamo-dev version 1 -> 5`: the Python tool's line, word for word. */
export function changeLine(change: ReportedChange): string {
  return `Function ${change.function}: Layer ${change.layer} version ${change.from} -> ${change.to}`;
}
