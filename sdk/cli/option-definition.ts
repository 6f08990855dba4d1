import { InvalidArgumentError } from "commander";
import { parseTolerance } from "../core/estate";
import { parseShare } from "../core/rollout";
import { parseShard } from "../core/shard";

/** An option of a command, with the type of its value. */
export interface OptionDefinition<Value = unknown> {
  /** `FILE` and `DIR` as the value's name make shells complete paths. */
  readonly flags: string;
  readonly description: string;
  /** Parses the option's value from its one word. Default: the word. */
  readonly parse?: (word: string) => Value;
  /** Adds a word to the value of a repeatable option. */
  collect?(word: string, previous?: Value): Value;
}

/** An option without a value. */
export function flag(flags: string, description: string): OptionDefinition<boolean> {
  return { flags, description };
}

/** An option with one value. */
export function value<Value = string>(
  flags: string,
  description: string,
  parse?: (word: string) => Value,
): OptionDefinition<Value> {
  return { flags, description, parse };
}

/** A repeatable option. */
export function values<Value>(
  flags: string,
  description: string,
  collect: (word: string, previous?: Value) => Value,
): OptionDefinition<Value> {
  return { flags, description, collect };
}

/** Parses the word of an option with one value: a second, different one is refused. */
export function once(parse: (value: string) => unknown = (value) => value) {
  let first: string | undefined;
  return (value: string): unknown => {
    refuseEmpty(value);
    if (first !== undefined && first !== value) {
      throw new InvalidArgumentError(`It was already given as '${first}'. Give it once.`);
    }
    first = value;
    return parse(value);
  };
}

/** Refuses what a shell makes of a variable that is not set: taken for nothing, it would mean everything, or the default. */
function refuseEmpty(value: string): void {
  if (value.trim() === "") throw new InvalidArgumentError("It is empty.");
}

/** Collects the values of a repeated option. */
export function addText(value: string, previous: string[] = []): string[] {
  refuseEmpty(value);
  return [...previous, value];
}

/** Collects names that are repeated or separated by commas, without duplicates. */
export function addNames(what: string) {
  return (value: string, previous: string[] = []): string[] => {
    const names = value.split(",").map((name) => name.trim());
    if (names.includes("")) throw new InvalidArgumentError(`Name one ${what}, or several separated by commas.`);
    return [...new Set([...previous, ...names])];
  };
}

// What AWS's own clients take as a region, as it becomes part of a host name.
const regionForm = /^[a-z0-9-]+$/i;

/** Parses the name of one region. */
export function regionFrom(text: string): string {
  if (regionForm.test(text)) return text;
  throw new InvalidArgumentError("Name one region, such as us-east-1; for several there is --regions.");
}

/** Collects regions as {@link addNames} does names. */
export function addRegions(value: string, previous?: string[]): string[] {
  const regions = addNames("region")(value, previous);
  if (regions.every((one) => regionForm.test(one))) return regions;
  throw new InvalidArgumentError("Name one region, or several separated by commas.");
}

/** Collects `KEY=VALUE`. */
export function addTag(value: string, previous: Record<string, string> = {}): Record<string, string> {
  const at = value.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("Write KEY=VALUE.");
  const [key, wanted] = [value.slice(0, at), value.slice(at + 1)];
  if ((previous[key] ?? wanted) !== wanted) {
    throw new InvalidArgumentError(`'${key}=${previous[key]}' was already given. Give each key once.`);
  }
  return { ...previous, [key]: wanted };
}

const units: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Parses `12h`, `7d` or `2w`. */
export function millisecondsFrom(text: string): number {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)([hdw])$/.exec(text.trim()) ?? [];
  if (number === undefined)
    throw new InvalidArgumentError("Write a number of hours, days or weeks, such as 12h, 7d or 2w.");
  return Number(number) * (units[unit] ?? 0);
}

/** Parses a number within bounds. */
export function numberFrom({ least = -Infinity, above = -Infinity, whole = false }) {
  const what = whole ? "a whole number" : "a number";
  const wanted = Number.isFinite(least) ? `Write ${what} of ${least} or more.` : `Write ${what} above ${above}.`;
  return (text: string): number => {
    const number = text.trim() === "" ? Number.NaN : Number(text);
    const isMeant = whole ? Number.isSafeInteger(number) : Number.isFinite(number);
    if (isMeant && number >= least && number > above) return number;
    throw new InvalidArgumentError(wanted);
  };
}

/** Parses `5` or `10%`. */
export const shareFrom = orRefuse(
  parseShare,
  "Write a number of functions of 1 or more, such as 5, or a share, such as 10%.",
);

/** Parses `0`, `5` or `10%`. */
export const toleranceFrom = orRefuse(
  parseTolerance,
  "Write a number of stacks, such as 0 or 5, or a share, such as 10%.",
);

/** Parses `1/4`. */
export const shardFrom = orRefuse(parseShard, "Write a part and the number of parts, such as 1/4.");

const onFailures = ["continue", "stop", "rollback"] as const;

/** Parses what to do on failure. */
export const onFailureFrom = orRefuse(
  (text) => onFailures.find((one) => one === text),
  "Write continue, stop or rollback.",
);

function orRefuse<Value>(parse: (text: string) => Value | undefined, wanted: string) {
  return (text: string): Value => {
    const parsed = parse(text);
    if (parsed === undefined) throw new InvalidArgumentError(wanted);
    return parsed;
  };
}
