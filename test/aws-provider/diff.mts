import { isDeepStrictEqual } from "node:util";
import {
  inputNames,
  isObject,
  isZero,
  type Properties,
  type Property,
  type Schema,
  UNKNOWN,
  type Value,
} from "./values.mts";

export type Kind = "add" | "update" | "delete";

/** One changed property. */
export interface Change {
  /** The property at the top that the path begins with. */
  property: string;
  /** Where the change is: `layers[0]`, `environment.variables.STAGE`. */
  path: string;
  kind: Kind;
  replaces: boolean;
}

/**
 * What an update would change, as the bridge sees it: new inputs against what is recorded in the old outputs.
 *
 * @param ignored properties under `ignoreChanges`
 */
export function diff(
  schema: Schema,
  outputs: Properties,
  inputs: Properties,
  ignored: readonly string[] = [],
): Change[] {
  return inputNames(schema)
    .filter((name) => !ignored.includes(name))
    .flatMap((name) => {
      const property = schema[name] as Property;
      if (property.computed && inputs[name] === undefined) return [];
      return compare(property, name, outputs[name], inputs[name]).map((change) => ({
        ...change,
        property: name,
        replaces: property.replaces === true,
      }));
    });
}

type Found = Pick<Change, "path" | "kind">;

function compare(
  property: Pick<Property, "type" | "json">,
  path: string,
  old: Value | undefined,
  now: Value | undefined,
): Found[] {
  if (isZero(old) && isZero(now)) return [];
  if (isZero(old)) return [{ path, kind: "add" }];
  if (isZero(now)) return [{ path, kind: "delete" }];
  if (now === UNKNOWN) return [{ path, kind: "update" }];
  if (property.type === "archive") return hashOf(old) === hashOf(now) ? [] : [{ path, kind: "update" }];
  if (property.json && sameJson(old, now)) return [];
  if (Array.isArray(old) && Array.isArray(now)) return elements(path, old, now);
  if (isObject(old) && isObject(now)) return members(path, old, now);
  return isDeepStrictEqual(old, now) ? [] : [{ path, kind: "update" }];
}

const part = { type: "string" } as const;

function elements(path: string, old: Value[], now: Value[]): Found[] {
  const longest = Math.max(old.length, now.length);
  return Array.from({ length: longest }).flatMap((_, index) =>
    compare(part, `${path}[${index}]`, old[index], now[index]),
  );
}

function members(path: string, old: Properties, now: Properties): Found[] {
  const names = new Set([...Object.keys(old), ...Object.keys(now)]);
  names.delete("__defaults");
  return [...names].sort().flatMap((name) => {
    const key = /^[\w-]+$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
    return compare(part, path + key, old[name], now[name]);
  });
}

function hashOf(archive: Value | undefined): Value | undefined {
  return isObject(archive) ? archive.hash : undefined;
}

function sameJson(old: Value | undefined, now: Value | undefined): boolean {
  try {
    return isDeepStrictEqual(JSON.parse(String(old)), JSON.parse(String(now)));
  } catch {
    return false;
  }
}
