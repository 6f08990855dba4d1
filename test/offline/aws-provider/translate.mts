// Translates between Pulumi's names and those of the AWS API, by the schema.

import { isObject, type Properties, type Property, type Schema, type Value } from "./values.mts";

/** The part of a schema that has the given properties. */
export function only(schema: Schema, names: Iterable<string>): Schema {
  const wanted = new Set(names);
  return Object.fromEntries(Object.entries(schema).filter(([name]) => wanted.has(name)));
}

/** The members of an AWS request for the given properties; properties that are not given are left out. */
export function toAws(schema: Schema, properties: Properties): Record<string, unknown> {
  const entries = Object.entries(schema).flatMap(([name, property]) => {
    const value = properties[name] ?? undefined;
    if (value === undefined) return [];
    return [[awsName(name, property), property.fields && isObject(value) ? toAws(property.fields, value) : value]];
  });
  return Object.fromEntries(entries);
}

/** The members of an AWS request that clear all the properties. */
export function emptied(schema: Schema): Record<string, unknown> {
  const entries = Object.entries(schema).map(([name, property]) => [
    awsName(name, property),
    property.fields ? emptied(property.fields) : nothing[property.type],
  ]);
  return Object.fromEntries(entries);
}

const nothing: Record<Property["type"], unknown> = {
  string: "",
  list: [],
  map: {},
  boolean: false,
  number: undefined,
  object: undefined,
  archive: undefined,
};

/** The outputs from an AWS answer; what it lacks is recorded as empty, or as `null`. */
export function fromAws(schema: Schema, answer: object): Properties {
  return Object.fromEntries(
    Object.entries(schema).map(([name, property]) => [
      name,
      output(property, (answer as Record<string, unknown>)[awsName(name, property)]),
    ]),
  );
}

function output(property: Property, value: unknown): Value {
  if (value === undefined || value === null) return (nothing[property.type] ?? null) as Value;
  return property.fields ? fromAws(property.fields, value) : (value as Value);
}

function awsName(name: string, property: Property): string {
  return property.aws ?? name.charAt(0).toUpperCase() + name.slice(1);
}
