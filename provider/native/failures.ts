import type { FunctionStanding } from "./planned";

/** A partial failure of an update: the resulting outputs, and a reason for each failure. */
export interface PartialFailure {
  readonly id: string;
  readonly properties: { readonly functions: Readonly<Record<string, Readonly<Record<string, number>>>> };
  readonly reasons: readonly string[];
  /** The reason of each function by itself. */
  readonly byFunction: Readonly<Record<string, string>>;
}

/** Whether an error is a partial failure, with which Pulumi records what was done. */
export function isPartial(error: unknown): error is PartialFailure {
  const { id, properties, reasons } = (error ?? {}) as Partial<PartialFailure>;
  return typeof id === "string" && typeof properties === "object" && Array.isArray(reasons);
}

/** By function name, why it was not moved. */
export function failuresOf(standings: readonly FunctionStanding[], error: PartialFailure): Map<string, string> {
  const failures = new Map<string, string>();
  for (const { name, to, moves } of standings) {
    const live = error.properties.functions[name] ?? {};
    const reason = error.byFunction[name];
    if (reason === undefined && (!moves || Object.keys(to).every((layer) => live[layer] === to[layer]))) continue;
    failures.set(name, reason ?? "This function was not updated.");
  }
  return failures;
}
