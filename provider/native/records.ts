// What a resource records, as the engine has it and as the handlers have it.

import { recordOf } from "../native-record";
import type { Checked, Recorded } from "../record";
import { open, seal, type Values } from "./values";

/** What the program never gives and what a check adds. */
const computed = ["versions", "before", "drift", "lost", "moves", "unresolved", "rowsBelow"] as const;

/** The checked inputs as the handlers have them. */
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

/** What is recorded as outputs, with the marks of the secrets that it is made from. */
export function outputsOf(recorded: Recorded, inputs: Values): Values {
  const { configFile, region, profile, roleArn, onDelete, functions: versions, before, left } = recorded;
  const { secrets } = open(inputs);
  const outputs = { configFile, region, profile, roleArn, onDelete, versions, before, left };
  return seal(outputs, new Set([...secrets, ...hiddenBy(secrets)]));
}

/** What is secret because the functions or layers are: it names them. */
export function hiddenBy(secrets: ReadonlySet<string>): ReadonlySet<string> {
  const names = secrets.has("functions") || secrets.has("layers");
  return new Set(names ? ["versions", "before", "drift", "lost", "moves", "left"] : []);
}

/** Whether the program has not opted out of entries for its functions. */
export function wantsViews({ views }: Values): boolean {
  return views !== false;
}

/** Whether functions have entries: the program may not want them, and the name of one cannot be a secret. */
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

/** Whether a property is one that the program never gives. */
export function isComputed(name: string): boolean {
  return (computed as readonly string[]).includes(name);
}

/** What is recorded, as the handlers have it. */
export function recordedOf(olds: Values): Recorded {
  return recordOf(open(olds).values) as unknown as Recorded;
}
