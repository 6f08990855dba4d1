import { createHash, randomBytes } from "node:crypto";
import { closest } from "fastest-levenshtein";
import { inputNames, isObject, type Properties, type Property, type Schema, UNKNOWN, type Value } from "./values.mts";

export interface Failure {
  property: string;
  reason: string;
}

export interface Checked {
  inputs: Properties;
  failures: Failure[];
}

/** What an invented name is made from. */
export interface Naming {
  /** The resource's name in the program. */
  logicalName: string;
  /** Random bytes that the engine repeats in the update that follows a preview. */
  seed: Uint8Array;
  /** The name that the stack's `pulumi:autonaming` comes to. */
  proposed?: string | undefined;
}

/**
 * Fills in defaults, which are listed by name in `__defaults`, and reports properties that are unknown or missing.
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
    failures.push(...listFailures(property, value, `${naming.logicalName}.${name}`, name));
  }
  inputs.__defaults = defaults.sort();
  return { inputs, failures: [...failures, ...strangers(schema, news, "")] };
}

/** The bridge reports lists in its own words, and prints them: without a property, as it names the place itself. */
function listFailures(
  { most, arns, terraform }: Property,
  list: Value | undefined,
  place: string,
  name: string,
): Failure[] {
  if (!Array.isArray(list)) return [];
  const failure = (reason: string, at: string) => ({ property: "", reason: `${reason}. Examine values at '${at}'.` });
  const attribute = terraform ?? name;
  const wrong = arns ? list.flatMap((value, index) => [[index, value, whyNoArn(value)] as const]) : [];
  const many = `Too many list items. Attribute ${attribute} supports ${most} item maximum, but config has ${list.length} declared`;
  return [
    ...(most !== undefined && list.length > most ? [failure(many, place)] : []),
    ...wrong.flatMap(([index, value, why]) =>
      why === undefined
        ? []
        : [failure(`"${attribute}.${index}" (${value}) is an invalid ARN: ${why}`, `${place}[${index}]`)],
    ),
  ];
}

/** The real provider's rules for ARNs of any kind: it has none for layers. */
function whyNoArn(value: Value): string | undefined {
  if (typeof value !== "string" || value === "" || value === UNKNOWN) return undefined;
  const [prefix, partition = "", service, region, account, ...resource] = value.split(":");
  if (prefix !== "arn") return "arn: invalid prefix";
  if (resource.length === 0) return "arn: not enough sections";
  if (!/^aws(-[a-z]+)*$/.test(partition)) return "invalid partition value";
  if (!service) return "missing service value";
  if (region && !/^[a-z]{2}(-[a-z]+)+-\d{1,2}$/.test(region)) return "invalid region value";
  if (account && !/^(aws|aws-managed|third-party|aws-marketplace|\d{12}|cw.{10})$/.test(account))
    return "invalid account ID value";
  return resource.join("") === "" ? "missing resource value" : undefined;
}

function defaultOf(name: string, property: Property, olds: Properties, naming: Naming): Value | undefined {
  if (property.autoname === undefined) return property.default;
  const oldDefaults = olds.__defaults;
  if (Array.isArray(oldDefaults) && oldDefaults.includes(name)) return olds[name];
  return invent(naming, property.autoname);
}

function invent({ logicalName, seed, proposed }: Naming, longest: number): string {
  if (proposed) return proposed;
  const source = seed.length > 0 ? seed : randomBytes(16);
  const suffix = createHash("sha256").update(source).digest("hex").slice(0, 7);
  return `${logicalName.slice(0, longest - suffix.length - 1)}-${suffix}`;
}

/** Objects have a list of their own defaults; JSON may be given as an object. */
function normal(property: Property, value: Value): Value {
  if (property.json && typeof value !== "string") return JSON.stringify(value);
  return property.type === "object" && isObject(value) ? { ...value, __defaults: [] } : value;
}

/** What is not in the schema would be lost silently. */
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
