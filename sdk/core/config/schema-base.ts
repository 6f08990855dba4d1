import * as v from "valibot";
import { byName } from "./by-name";

// What the schemas of a config file are made of.

/** A text. */
export const string = v.string("must be a string");

/** A text of a certain form. */
export const pattern = (regex: RegExp, wanted: string) => v.pipe(v.string(wanted), v.regex(regex, wanted));

// Of valibot's own schemas a list is a mapping too.
const mapping = v.pipe(
  v.unknown(),
  v.check((value) => typeof value === "object" && value !== null && !Array.isArray(value), "must be a mapping"),
);

/** A mapping with certain keys. Those that are not known are found apart: valibot's strictObject tells one of them, and not each. */
export const fields = <Known extends v.ObjectEntries>(known: Known) => v.pipe(mapping, v.object(known));

/** A mapping whose keys are names. */
export const named = <Name extends v.GenericSchema<string, string>, Value extends v.GenericSchema>(
  name: Name,
  value: Value,
) => v.pipe(mapping, byName(name, value));
