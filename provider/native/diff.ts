import type { Checked, Recorded } from "../resource/record";
import { unknown } from "../resource/selection";
import { satisfies } from "../resource/versions";

/** One property that an update changes. */
export interface PropertyChange {
  /** As Pulumi writes it: `versions["fn-01"]["dynamo-dev"]`. */
  readonly path: string;
  readonly kind: "add" | "update" | "delete";
}

const settings = ["configFile", "region", "profile", "roleArn", "onDelete"] as const;

/** The differences between the record and a check's result, property by property. */
export function changesBetween(olds: Partial<Recorded>, news: Partial<Checked>): PropertyChange[] {
  const changed = settings.flatMap((name) => change(name, olds[name], news[name]));
  return [
    ...changed,
    ...versionChanges(olds.functions ?? {}, news.functions),
    ...added("drift", newDrift(news.drift, olds.functions)),
    ...added("lost", news.lost),
    ...added("moves", news.moves),
  ];
}

/** Drift from what is recorded: a run that did not come to a function has recorded it as it still is. */
function newDrift(drift: Checked["drift"] = {}, recorded: Partial<Recorded>["functions"] = {}): typeof drift {
  return Object.fromEntries(
    Object.entries(drift).map(([name, layers]) => [
      name,
      Object.fromEntries(Object.entries(layers).filter(([layer, live]) => recorded[name]?.[layer] !== live)),
    ]),
  );
}

function versionChanges(olds: Recorded["functions"], news: Partial<Checked>["functions"]): PropertyChange[] {
  if ((news as unknown) === unknown) return [{ path: "versions", kind: "update" }];
  const targets = news ?? {};
  const names = new Set([...Object.keys(olds), ...Object.keys(targets)]);
  return [...names].flatMap((name) => {
    const path = keyed("versions", name);
    const [was, is] = [olds[name], targets[name]];
    if (was === undefined || is === undefined) return change(path, was, is);
    return [...new Set([...Object.keys(was), ...Object.keys(is)])].flatMap((layer) =>
      satisfies(was[layer], is[layer]) ? [] : change(keyed(path, layer), was[layer], is[layer]),
    );
  });
}

function change(path: string, was: unknown, is: unknown): PropertyChange[] {
  if (was === is) return [];
  if (was === undefined) return [{ path, kind: "add" }];
  return [{ path, kind: is === undefined ? "delete" : "update" }];
}

function added(property: string, versions: Readonly<Record<string, object>> = {}): PropertyChange[] {
  return Object.entries(versions).flatMap(([name, layers]) =>
    Object.keys(layers).map((layer) => ({ path: keyed(keyed(property, name), layer), kind: "add" as const })),
  );
}

/** Names of functions and layers are always quoted: they may hold dots and hyphens. */
function keyed(parent: string, key: string): string {
  return `${parent}[${JSON.stringify(key)}]`;
}

/** The top-level properties of changes. */
export function topOf(changes: readonly PropertyChange[]): string[] {
  return [...new Set(changes.map(({ path }) => /^\w+/.exec(path)?.[0] ?? path))];
}
