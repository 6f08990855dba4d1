import { createHash, randomBytes } from "node:crypto";
import { closest } from "fastest-levenshtein";
import { inputNames, isObject, type Properties, type Property, type Schema, type Value } from "./values.mts";

export interface Failure {
  property: string;
  reason: string;
}

export interface Checked {
  inputs: Properties;
  failures: Failure[];
}

/** What an invented name is made of. */
export interface Naming {
  /** The resource's name in the program. */
  logicalName: string;
  /** Random bytes that the engine repeats in the update that follows a preview. */
  seed: Uint8Array;
}

/**
 * Fills in defaults, which are listed by name in `__defaults`, and reports what the schema does not know or misses.
 *
 * @param olds the inputs recorded before: a name that was invented then is kept
 */
export function check(schema: Schema, olds: Properties, news: Properties, naming: Naming): Checked {
  const inputs: Properties = {};
  const defaults: string[] = [];
  const failures: Failure[] = [];
  for (const name of inputNames(schema)) {
    const property = schema[name] as Property;
    const given = news[name] ?? undefined;
    const value = given === undefined ? defaultOf(name, property, olds, naming) : normal(property, given);
    if (value !== undefined) inputs[name] = value;
    if (value !== undefined && given === undefined) defaults.push(name);
    if (value === undefined && property.required)
      failures.push({ property: name, reason: "Missing required argument" });
  }
  inputs.__defaults = defaults.sort();
  return { inputs, failures: [...failures, ...strangers(schema, news, "")] };
}

function defaultOf(name: string, property: Property, olds: Properties, naming: Naming): Value | undefined {
  if (property.autoname === undefined) return property.default;
  const oldDefaults = olds.__defaults;
  if (Array.isArray(oldDefaults) && oldDefaults.includes(name)) return olds[name];
  return invent(naming, property.autoname);
}

function invent({ logicalName, seed }: Naming, longest: number): string {
  const source = seed.length > 0 ? seed : randomBytes(16);
  const suffix = createHash("sha256").update(source).digest("hex").slice(0, 7);
  return `${logicalName.slice(0, longest - suffix.length - 1)}-${suffix}`;
}

/** Objects carry a list of their own defaults; JSON may be given as an object. */
function normal(property: Property, value: Value): Value {
  if (property.json && typeof value !== "string") return JSON.stringify(value);
  return property.type === "object" && isObject(value) ? { ...value, __defaults: [] } : value;
}

/** What no property of the schema is for would be lost silently. */
function strangers(schema: Schema, given: Properties, prefix: string): Failure[] {
  const known = inputNames(schema);
  return Object.entries(given).flatMap(([name, value]) => {
    const fields = schema[name]?.fields;
    if (known.includes(name)) return fields && isObject(value) ? strangers(fields, value, `${prefix}${name}.`) : [];
    if (name === "__defaults" || value === null) return [];
    const reason = `the stand-in for the AWS provider has no such property; the nearest is "${closest(name, known)}"`;
    return [{ property: prefix + name, reason }];
  });
}
