import type { FunctionStanding } from "./planned";

/** A partial failure of an update: the resulting outputs, and a reason for each failure. */
export interface PartialFailure {
  readonly id: string;
  readonly properties: { readonly functions: Readonly<Record<string, Readonly<Record<string, number>>>> };
  readonly reasons: readonly string[];
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
    if (!moves || Object.keys(to).every((layer) => live[layer] === to[layer])) continue;
    const reason = error.reasons.find((one) => one.startsWith(`Function ${name} `));
    failures.set(name, reason ?? "The run was cancelled before this function was updated.");
  }
  return failures;
}
