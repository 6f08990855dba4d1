// How a type is described to Pulumi and checked at run time. A shape is bound to its type: a property of one that the other
// lacks does not compile.

/** The shape of a value of a type. */
export type Shape<T> = [T] extends [boolean]
  ? { readonly kind: "boolean" }
  : [T] extends [number]
    ? { readonly kind: "integer" }
    : [T] extends [string]
      ? string extends T
        ? { readonly kind: "text" }
        : {
            readonly kind: "choice";
            readonly name: string;
            readonly choices: { readonly [Value in T & string]: string };
          }
      : [T] extends [number | string]
        ? { readonly kind: "version" }
        : [T] extends [readonly (infer Element)[]]
          ? { readonly kind: "list"; readonly of: Shape<Element> }
          : string extends keyof T
            ? { readonly kind: "map"; readonly of: Shape<T[string & keyof T]> }
            : ObjectShape<T>;

/** The shape of an object with known properties. */
export interface ObjectShape<T> {
  readonly kind: "object";
  /** Its name in the schema. */
  readonly name: string;
  readonly description: string;
  readonly properties: Properties<T>;
}

/** The properties of a type, each with its description. */
export type Properties<T> = {
  readonly [Key in keyof T]-?: {
    readonly description: string;
    readonly shape: Shape<NonNullable<T[Key]>>;
  } & (undefined extends T[Key] ? { readonly required?: false } : { readonly required: true });
};

/** A shape of any type, for code that walks it. */
export type AnyShape =
  | { readonly kind: "boolean" | "integer" | "text" | "version" }
  | { readonly kind: "choice"; readonly name: string; readonly choices: Readonly<Record<string, string>> }
  | { readonly kind: "list" | "map"; readonly of: AnyShape }
  | AnyObject;

/** An object's shape, for code that walks it. */
export interface AnyObject {
  readonly kind: "object";
  readonly name: string;
  readonly description: string;
  readonly properties: AnyProperties;
}

/** Properties by their names. */
export type AnyProperties = Readonly<
  Record<string, { readonly description: string; readonly shape: AnyShape; readonly required?: boolean }>
>;

export const text = { kind: "text" } as const;
export const version = { kind: "version" } as const;
export const integer = { kind: "integer" } as const;
export const boolean = { kind: "boolean" } as const;

/** A list of values of a shape. */
export function listOf<T>(of: T): { readonly kind: "list"; readonly of: T } {
  return { kind: "list", of };
}

/** Values of a shape by names. */
export function mapOf<T>(of: T): { readonly kind: "map"; readonly of: T } {
  return { kind: "map", of };
}
