// A resource's record, in the engine's form and in the handlers' form.

import { recordOf } from "../resource/native-record";
import type { Checked, Recorded } from "../resource/record";
import { open, seal, type Values } from "./values";

/** What a check adds to the program's inputs. */
const computed = ["versions", "before", "drift", "lost", "moves", "unresolved", "rowsBelow"] as const;

/** The checked inputs in the handlers' form. */
export function checkedOf(news: Values): Checked {
  const {
    versions,
    functions: _selection,
    layers: _layers,
    views: _views,
    rowsBelow: _place,
    ...record
  } = open(news).values;
  return { ...record, functions: versions } as unknown as Checked;
}

/** The recorded outputs, marked secret if their sources are. */
export function outputsOf(recorded: Recorded, inputs: Values): Values {
  const { configFile, region, profile, roleArn, onDelete, functions: versions, before, left } = recorded;
  const { secrets } = open(inputs);
  const outputs = { configFile, region, profile, roleArn, onDelete, versions, before, left };
  return seal(outputs, new Set([...secrets, ...hiddenBy(secrets)]));
}

/** Properties that are secret if the functions or layers are, because they name them. */
export function hiddenBy(secrets: ReadonlySet<string>): ReadonlySet<string> {
  const names = secrets.has("functions") || secrets.has("layers");
  return new Set(names ? ["versions", "before", "drift", "lost", "moves", "left"] : []);
}

/** Whether the program has not opted out of entries for its functions. */
export function wantsViews({ views }: Values): boolean {
  return views !== false;
}

/** Whether functions have entries: the program may opt out, and an entry's name cannot be secret. */
export function hasViews(inputs: Values): boolean {
  const { values, secrets } = open(inputs);
  return wantsViews(values) && hiddenBy(secrets).size === 0;
}

/** Whether a resource that may have entries is no longer where they were recorded: it has another name or parent. */
export function hasMovedWithViews(olds: Values, news: Values): boolean {
  return olds.rowsBelow !== undefined && news.rowsBelow !== undefined && olds.rowsBelow !== news.rowsBelow;
}

/** Whether the dynamic resource has recorded it. */
export function isDynamic(recorded: Values): boolean {
  return "__provider" in recorded;
}

/** Whether a property never comes from the program. */
export function isComputed(name: string): boolean {
  return (computed as readonly string[]).includes(name);
}

/** The record in the handlers' form. */
export function recordedOf(olds: Values): Recorded {
  return recordOf(open(olds).values) as unknown as Recorded;
}
