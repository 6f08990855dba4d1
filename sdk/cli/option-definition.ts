import { InvalidArgumentError } from "commander";

/** An option of a command. */
export interface OptionDefinition {
  /** `FILE` and `DIR` as the value's name make shells complete paths. */
  readonly flags: string;
  readonly description: string;
  readonly group: string;
  readonly parse?: (value: string, previous: never) => unknown;
}

/** The headings that options stand under in the help. */
export const groups = {
  what: "What to do:",
  functions: "Which functions:",
  rollout: "How carefully:",
  aws: "AWS:",
  output: "Output:",
};

/** Collects the values of a repeated option. */
export function addText(value: string, previous: string[] = []): string[] {
  return [...previous, value];
}

/** Collects names that are repeated, or separated by commas; each once. */
export function addNames(what: string) {
  return (value: string, previous: string[] = []): string[] => {
    const names = value.split(",").map((name) => name.trim());
    if (names.includes("")) throw new InvalidArgumentError(`Name one ${what}, or several with commas between them.`);
    return [...new Set([...previous, ...names])];
  };
}

/** Collects `KEY=VALUE`. */
export function addTag(value: string, previous: Record<string, string> = {}): Record<string, string> {
  const at = value.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("Write KEY=VALUE.");
  return { ...previous, [value.slice(0, at)]: value.slice(at + 1) };
}

const units: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Parses `12h`, `7d` or `2w`. */
export function millisecondsFrom(text: string): number {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)([hdw])$/.exec(text.trim()) ?? [];
  if (number === undefined) throw new InvalidArgumentError("Write a number of hours, days or weeks: 12h, 7d, 2w.");
  return Number(number) * (units[unit] ?? 0);
}

/** Parses a number within bounds. */
export function numberFrom(text: string, range: { least?: number; above?: number; whole?: boolean }): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  const { least = Number.NEGATIVE_INFINITY, above = Number.NEGATIVE_INFINITY, whole = false } = range;
  if (value >= least && value > above && Number.isFinite(value) && (!whole || Number.isInteger(value))) return value;
  const what = whole ? "a whole number" : "a number";
  throw new InvalidArgumentError(
    Number.isFinite(least) ? `Write ${what} of ${least} or more.` : `Write ${what} above ${above}.`,
  );
}
