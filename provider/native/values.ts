// Values as exchanged between engine and plugin.

import { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { secretSignature, signatureKey } from "../../sdk/core/state/secret";

/** Named values. */
export type Values = Readonly<Record<string, unknown>>;

/** Values without the marks of secrets, and which of them are secrets or hold some. */
export interface Opened {
  readonly values: Values;
  readonly secrets: ReadonlySet<string>;
}

/** Values from the engine, as they are. */
export function readStruct(struct: Struct | undefined): Values {
  return (struct?.toJavaScript() ?? {}) as Values;
}

/** Values for the engine, without undefined ones. */
export function toStruct(values: Values): Struct {
  return Struct.fromJavaScript(withoutUndefined(values) as Parameters<typeof Struct.fromJavaScript>[0]);
}

/** Removes secret markers. */
export function open(values: Values): Opened {
  const secrets = new Set<string>();
  const opened = Object.entries(values).map(([name, value]) => [name, unwrap(value, () => secrets.add(name))] as const);
  return { values: Object.fromEntries(opened), secrets };
}

/** Adds secret markers. */
export function seal(values: Values, secrets: ReadonlySet<string>): Values {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      secrets.has(name) && value !== undefined ? asSecret(value) : value,
    ]),
  );
}

function asSecret(value: unknown): Values {
  return { [signatureKey]: secretSignature, value };
}

function unwrap(value: unknown, onSecret: () => void): unknown {
  if (Array.isArray(value)) return value.map((one) => unwrap(one, onSecret));
  if (typeof value !== "object" || value === null) return value;
  const marked = value as { readonly [signatureKey]?: unknown; readonly value?: unknown };
  if (marked[signatureKey] === secretSignature) {
    onSecret();
    return unwrap(marked.value, onSecret);
  }
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, unwrap(one, onSecret)]));
}

function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]) => (one === undefined ? [] : [[key, withoutUndefined(one)]])),
  );
}
