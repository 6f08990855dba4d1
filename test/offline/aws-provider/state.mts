// Recorded outputs, in the forms that the bridge leaves.

import { type Change, diff } from "./diff.mts";
import {
  isCollection,
  isObject,
  isZero,
  type Properties,
  type Property,
  pick,
  type Schema,
  UNKNOWN,
  type Value,
} from "./values.mts";

/** The expected outputs of a change: for a new resource, what AWS chooses is unknown. */
export function planned(schema: Schema, olds: Properties | undefined, inputs: Properties): Properties {
  const outputs: Properties = { ...olds };
  for (const [name, property] of Object.entries(schema)) {
    const given = inputs[name] ?? undefined;
    if (given !== undefined) outputs[name] = expected(property, given);
    else if (olds === undefined) outputs[name] = property.output || property.computed ? UNKNOWN : nothing(property);
    else if (!property.output && !property.computed && !isZero(olds[name])) outputs[name] = removed(property);
  }
  return outputs;
}

/** What becomes of an input. In a plan, the bridge knows no element of a list if one is unknown. */
function expected({ type }: Property, given: Value): Value {
  if (type === "list" && Array.isArray(given) && given.includes(UNKNOWN)) return UNKNOWN;
  return isObject(given) ? withoutDefaults(given) : given;
}

/** A collection that was never set is recorded as `null`, though AWS returns an empty one. */
export function settled(schema: Schema, plan: Properties, live: Properties): Properties {
  const outputs = { ...live };
  for (const [name, property] of Object.entries(schema)) {
    if (isCollection(property) && isZero(live[name]) && plan[name] === null) outputs[name] = null;
  }
  return outputs;
}

/**
 * The inputs that a refresh records: only those that were there, with the live values. A list never grows, as the
 * bridge iterates over the old one.
 */
export function refreshed(schema: Schema, inputs: Properties, live: Properties): Properties {
  const changed = new Set(diff(schema, live, inputs).map(({ property }: Change) => property));
  const result: Properties = {};
  for (const [name, old] of Object.entries(inputs)) {
    const now = live[name];
    if (!changed.has(name)) result[name] = old;
    else if (Array.isArray(old) && Array.isArray(now)) result[name] = now.slice(0, old.length);
    else if (isObject(old) && isObject(now)) result[name] = { ...pick(now, (key) => key in old), ...own(old) };
    else if (now !== undefined) result[name] = now;
  }
  const defaults = inputs.__defaults;
  if (Array.isArray(defaults)) result.__defaults = defaults.filter((name) => !changed.has(String(name)));
  return result;
}

/** The inputs of an imported resource: everything that programs can give and that is not empty. */
export function imported(schema: Schema, live: Properties): Properties {
  const inputs = pick(live, (name, value) => {
    const property = schema[name];
    if (!property || property.output) return false;
    return property.required === true || (value !== property.default && !isZero(value));
  });
  return { ...inputs, __defaults: [] };
}

/** The two keys by which the bridge finds its way back to Terraform's state. */
export function bookkeeping(schema: Schema, outputs: Properties, timeouts: Properties | undefined): Properties {
  const meta = timeouts && { "e2bfb730-ecaa-11e6-8f88-34363bc7c4c0": timeouts };
  return { ...(meta && { __meta: JSON.stringify(meta) }), __pulumi_raw_state_delta: objectDelta(schema, outputs) };
}

function objectDelta(schema: Schema, outputs: Properties): Properties {
  const parts: Properties = {};
  const renamed: Properties = {};
  for (const [name, property] of Object.entries(schema)) {
    const delta = propertyDelta(property, outputs[name]);
    if (delta) parts[name] = delta;
    if (property.terraform !== undefined) renamed[name] = property.terraform;
  }
  const any = (object: Properties) => Object.keys(object).length > 0;
  return { obj: { ...(any(parts) && { ps: parts }), ...(any(renamed) && { renamed }) } };
}

function propertyDelta(property: Property, value: Value | undefined): Properties | undefined {
  if (property.type === "object") {
    return { plu: { i: isObject(value) ? objectDelta(property.fields ?? {}, value) : {} } };
  }
  if (value === null || value === undefined) return undefined;
  if (property.type === "list") return { arr: {} };
  if (property.type === "map") return { map: {} };
  if (property.type === "archive") return { asset: { archiveFormat: 3, hashField: "source_code_hash", kind: 2 } };
  return undefined;
}

function withoutDefaults(object: Properties): Properties {
  return pick(object, (name) => name !== "__defaults");
}

function own(old: Properties): Properties {
  return pick(old, (name) => name === "__defaults");
}

/** What is recorded if nothing was ever given. */
function nothing({ type }: Property): Value {
  return type === "boolean" ? false : null;
}

/** What is recorded if something was given before. */
function removed(property: Property): Value {
  if (property.type === "list") return [];
  return property.type === "map" ? {} : nothing(property);
}
