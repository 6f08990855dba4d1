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
  /** The top-level property that the path begins with. */
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

/** Elements that both lists have in the same order are no change, wherever they are. */
function elements(path: string, old: Value[], now: Value[]): Found[] {
  const kept = commonElements(old, now);
  const [gone, come] = [old, now].map((list, side) =>
    [...list.keys()].filter((index) => !kept.some((pair) => pair[side] === index)),
  ) as [number[], number[]];
  const indices = [...new Set([...gone, ...come])].sort((a, b) => a - b);
  return indices.map((index) => {
    const kind = !gone.includes(index) ? "add" : !come.includes(index) ? "delete" : "update";
    return { path: `${path}[${index}]`, kind };
  });
}

/** The longest common subsequence of two short lists, as pairs of indices. */
function commonElements(old: Value[], now: Value[]): [number, number][] {
  let after: [number, number][][] = Array.from({ length: now.length + 1 }, () => []);
  for (const i of [...old.keys()].reverse()) {
    const row: [number, number][][] = Array.from({ length: now.length + 1 }, () => []);
    for (const j of [...now.keys()].reverse()) {
      const [right = [], below = [], diagonal = []] = [row[j + 1], after[j], after[j + 1]];
      if (isDeepStrictEqual(old[i], now[j])) row[j] = [[i, j], ...diagonal];
      else row[j] = right.length > below.length ? right : below;
    }
    after = row;
  }
  return after[0] ?? [];
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
