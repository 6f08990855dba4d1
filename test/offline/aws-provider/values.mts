/** A property's value between engine and provider; archives are objects with a signature. */
export type Value = string | number | boolean | null | Value[] | Properties;

export interface Properties {
  [name: string]: Value | undefined;
}

/** What stands for a value that is not known before the update, in both directions. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** One property of a resource. */
export interface Property {
  type: "string" | "number" | "boolean" | "list" | "map" | "object" | "archive";
  /** The properties of an object. */
  fields?: Schema;
  /** Programs must give it. */
  required?: true;
  /** What the provider fills in if the program gives nothing. */
  default?: Value;
  /** The provider invents a name of at most this many characters if the program gives none. */
  autoname?: number;
  /** AWS chooses the value if the program gives none. */
  computed?: true;
  /** Programs cannot give it. */
  output?: true;
  /** A change makes a new resource. */
  replaces?: true;
  /** The maximum length of a list. */
  most?: number;
  /** The elements of a list are ARNs. */
  arns?: true;
  /** Text that holds JSON, compared by meaning. */
  json?: true;
  /** Its name in AWS, if it is not the same with a capital letter. */
  aws?: string;
  /** Its name in Terraform, if it is not the same with underscores. */
  terraform?: string;
}

export type Schema = Record<string, Property>;

export function isObject(value: Value | undefined): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a value says no more than an absent one: the bridge treats `""`, `0`, `false`, `[]` and `{}` as nothing. */
export function isZero(value: Value | undefined): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (isObject(value)) return Object.keys(value).every((name) => name === "__defaults");
  return !value;
}

export function isCollection({ type }: Property): boolean {
  return type === "list" || type === "map";
}

/** Copies an object without the properties that `keep` rejects. */
export function pick(object: Properties, keep: (name: string, value: Value) => boolean): Properties {
  const entries = Object.entries(object).filter(([name, value]) => value !== undefined && keep(name, value));
  return Object.fromEntries(entries);
}

/** The names of a schema's properties that programs can give. */
export function inputNames(schema: Schema): string[] {
  return Object.keys(schema).filter((name) => !schema[name]?.output);
}
