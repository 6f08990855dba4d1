import { LayersError } from "../../core/errors";
import type { StatusReport, StatusRow } from "../../ops/plans";
import { count } from "../text";

/** What is known of stacks in which no drift was found. */
export interface Verdict {
  /** `?` where nothing is known to be as declared. */
  readonly sign: "✓" | "?";
  readonly text: string;
}

/** What is known of a stack in which no drift was found: not more than what could be read. */
export function verdictOf({ rows, skipped, live }: StatusReport): Verdict {
  const left = new Set(skipped.map((one) => one.function)).size;
  const gaps = [
    ...(live.read ? [] : ["live versions are not known"]),
    ...(left > 0 ? [`${count(left, "function")} ${left === 1 ? "is" : "are"} skipped`] : []),
  ];
  const unknown = gaps.length > 0 ? `; ${gaps.join(", and ")}` : "";
  if (rows.length === 0) return { sign: "✓", text: `No functions with layers${unknown}` };
  if (rows.every(({ declared }) => declared === undefined)) {
    return { sign: "?", text: `No layer is declared by the config${unknown}` };
  }
  if (gaps.length === 0) return { sign: "✓", text: "All declared layers are at their versions" };
  return {
    sign: "✓",
    text: `All ${live.read ? "layers that could be read" : "recorded layers"} are as declared${unknown}`,
  };
}

/** What is known of several stacks in which no drift was found. */
export function verdictOfAll(reports: readonly StatusReport[]): Verdict {
  const verdicts = reports.map(verdictOf);
  const [first, ...others] = verdicts;
  if (first && others.every(({ text }) => text === first.text)) return first;
  const sign = verdicts.some((one) => one.sign === "✓") ? "✓" : "?";
  return { sign, text: "All layers that could be read are as declared" };
}

/** `2 of 3 layers are not as declared`; undefined where all are. */
export function driftOf(rows: readonly StatusRow[]): string | undefined {
  const drifted = rows.filter(({ drift }) => drift).length;
  if (drifted === 0) return undefined;
  return `${drifted} of ${count(rows.length, "layer")} ${drifted === 1 ? "is" : "are"} not as declared`;
}

/** Why a run that must find no changes fails; what AWS has refused to tell does not count as none. */
export function unexpected({ stack, rows, live }: StatusReport): LayersError | undefined {
  const drift = driftOf(rows);
  if (drift !== undefined) {
    const isForUpdate = rows.some((row) => row.drift && !row.detached);
    return new LayersError("changes-found", `Stack ${stack} has drifted: ${drift}.`, {
      next: isForUpdate ? `See what an update would change: lambda-layers --stack ${stack} --dry-run` : undefined,
    });
  }
  if (live.read || live.code === undefined) return undefined;
  return new LayersError(live.code, `Whether stack ${stack} has drifted is not known: ${live.reason}`);
}
