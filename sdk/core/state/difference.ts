import { secretSignature, signatureKey } from "./secret";

/** A parsed JSON value. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
/** A parsed JSON object. */
export type JsonObject = { [key: string]: Json };

/** A place at which two values differ. */
export interface Difference {
  /** Such as `outputs.layers[0]`; empty for the value as a whole. */
  readonly path: string;
  /** `removed`: only the first value has it. */
  readonly kind: "changed" | "added" | "removed";
}

/** Parses JSON the way Pulumi does: half of a surrogate pair, which only an escape can write, is read as U+FFFD. */
export function parseJson(text: string): Json {
  const halves = /\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|u[dD][89a-fA-F]..|.)/gs;
  return JSON.parse(text.replace(halves, (found) => (found.length === "\\ud800".length ? "\ufffd" : found)));
}

/** Finds the differences between two values of a state. Two secrets never differ, whatever their ciphertexts. */
export function* differences(one: Json | undefined, other: Json | undefined): Generator<Difference> {
  // A work list instead of recursion, because a state may be nested too deep for the call stack.
  const left = [{ one, other, path: "" }];
  for (let pair = left.pop(); pair !== undefined; pair = left.pop()) {
    const { one, other, path } = pair;
    if (one === undefined) yield { path, kind: "added" };
    else if (other === undefined) yield { path, kind: "removed" };
    else if (Array.isArray(one) && Array.isArray(other)) {
      for (let i = Math.max(one.length, other.length) - 1; i >= 0; i--) {
        left.push({ one: one[i], other: other[i], path: `${path}[${i}]` });
      }
    } else if (isObject(one) && isObject(other)) {
      if (isSecret(one) && isSecret(other)) continue;
      for (const key of new Set([...Object.keys(other), ...Object.keys(one)].reverse())) {
        left.push({ one: own(one, key), other: own(other, key), path: path ? `${path}.${key}` : key });
      }
    } else if (one !== other) yield { path, kind: "changed" };
  }
}

/** Leaves out the fields that Go omits from a struct's JSON (`omitempty`). */
export function withoutEmpty(fields: JsonObject): JsonObject {
  const kept = Object.entries(fields).filter(([, value]) => {
    if (Array.isArray(value)) return value.length > 0;
    return isObject(value) ? Object.keys(value).length > 0 : Boolean(value);
  });
  return Object.fromEntries(kept);
}

/** Whether a value is an object: neither a scalar nor a list. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value of a key of the object's own, `__proto__` included. */
function own(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function isSecret(value: JsonObject): boolean {
  return value[signatureKey] === secretSignature;
}
