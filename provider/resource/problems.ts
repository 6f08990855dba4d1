import { didYouMean } from "../../sdk/core/nearest";
import { quotedIfOdd } from "../../sdk/core/text";
import { versionNumber } from "./pending";
import { unknown } from "./selection";
import type { AnyProperties, AnyShape } from "./shapes";

/** A problem with one value. */
export interface InputProblem {
  /** As Pulumi writes it: `functions.names[0]`, `layers["my layer"].version`. */
  readonly path: string;
  /** A sentence. */
  readonly reason: string;
}

/** The path of a property of something. */
export function pathTo(parent: string, key: string): string {
  if (!/^[A-Za-z_][\w-]*$/.test(key)) return `${parent}[${JSON.stringify(key)}]`;
  return parent === "" ? key : `${parent}.${key}`;
}

/** The problems of values with these properties. Unknown values are allowed. */
export function problemsOf(values: object, properties: AnyProperties, parent = ""): InputProblem[] {
  const names = Object.keys(properties);
  const given = Object.entries(values).filter(([, value]) => value !== null && value !== undefined);
  const missing = Object.entries(properties)
    .filter(([name, { required }]) => required && !given.some(([one]) => one === name))
    .map(([name]) => ({ path: pathTo(parent, name), reason: "It is missing." }));
  return [
    ...missing,
    ...given.flatMap(([name, value]): InputProblem[] => {
      const path = pathTo(parent, name);
      const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
      if (property) return problemsWith(value, property.shape, path);
      const hint = didYouMean(name, names) ?? `Known properties are: ${names.join(", ")}.`;
      return [{ path, reason: `There is no such property. ${hint}` }];
    }),
  ];
}

/** What is wrong with one value that is to have this shape. */
export function problemsWith(value: unknown, shape: AnyShape, path: string): InputProblem[] {
  if (value === unknown) return [];
  const wrong = (needed: string): InputProblem[] => [{ path, reason: `It must be ${needed}, not ${kindOf(value)}.` }];
  switch (shape.kind) {
    case "text":
      return typeof value === "string" ? [] : wrong("a string");
    case "boolean":
      return typeof value === "boolean" ? [] : wrong("true or false");
    case "integer":
      return Number.isInteger(value) ? [] : wrong("a whole number");
    case "version":
      if (versionNumber(value) !== undefined) return [];
      return [{ path, reason: `It must be a whole number of 1 or more, not ${shownValue(value)}.` }];
    case "choice": {
      const choices = Object.keys(shape.choices);
      if (typeof value === "string" && choices.includes(value)) return [];
      return [{ path, reason: `It must be ${choices.join(" or ")}, not ${shownValue(value)}.` }];
    }
    case "list":
      if (!Array.isArray(value)) return wrong("a list");
      return value.flatMap((one, index) => problemsWith(one, shape.of, `${path}[${index}]`));
    case "map":
      if (!isObject(value)) return wrong("a map");
      return Object.entries(value).flatMap(([key, one]) => problemsWith(one, shape.of, pathTo(path, key)));
    case "object":
      return isObject(value) ? problemsOf(value, shape.properties, path) : wrong("an object");
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  return typeof value === "string" ? "a string" : `${value}`;
}

function shownValue(value: unknown): string {
  return typeof value === "string" ? quotedIfOdd(value) : kindOf(value);
}
