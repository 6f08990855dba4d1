import * as v from "valibot";
import { byName } from "./by-name";

// What the schemas of a config file are made of.

/** A text. */
export const string = v.string("must be a string");

/** A text of a certain form. */
export const pattern = (regex: RegExp, wanted: string) => v.pipe(v.string(wanted), v.regex(regex, wanted));

// valibot's own schemas accept a list as a mapping.
const mapping = v.pipe(
  v.unknown(),
  v.check((value) => typeof value === "object" && value !== null && !Array.isArray(value), "must be a mapping"),
);

/**
 * A mapping with certain keys. Unknown keys are checked separately, because valibot's strictObject reports only one of
 * them.
 */
export const fields = <Known extends v.ObjectEntries>(known: Known) => v.pipe(mapping, v.object(known));

/** A mapping whose keys are names. */
export const named = <Name extends v.GenericSchema<string, string>, Value extends v.GenericSchema>(
  name: Name,
  value: Value,
) => v.pipe(mapping, byName(name, value));
