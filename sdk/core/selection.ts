import { LayersError } from "./errors";
import { parseFunctionReference } from "./function-arn";
import { didYouMean } from "./nearest";

/** A filter for functions; empty means all. */
export interface FunctionFilter {
  /** Names in AWS, ARNs, or names in the Pulumi program; only these, if any are given. */
  readonly functions: readonly string[];
  /** The same, for functions to leave out in any case. */
  readonly exclude: readonly string[];
}

/** Without names. */
export const everyFunction: FunctionFilter = { functions: [], exclude: [] };

/** The names of a function. */
export interface NameableFunction {
  /** Its name in AWS. */
  readonly name: string;
  readonly arn: string | undefined;
  /** The resource that is the function, whose last part is its name in the program; undefined if there is none. */
  readonly ownUrn?: string | undefined;
}

/**
 * The functions named by a text: by ARN or name in AWS, otherwise by name in the Pulumi program. Several, if they share
 * the name.
 */
export function meantBy<T extends NameableFunction>(text: string, all: readonly T[]): T[] {
  const named = all.filter((fn) => isNamed(fn, text));
  return named.length > 0 ? named : all.filter(({ ownUrn }) => ownUrn === text || ownUrn?.endsWith(`::${text}`));
}

/** The last part of a URN: the resource's name in the program. */
export function logicalName(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}

/** Whether a text is a function's name in AWS, or its ARN. */
export function isNamed({ name, arn }: NameableFunction, text: string): boolean {
  return name === text || (arn !== undefined && arn === text);
}

/** The result of applying a filter to functions. */
export interface Selected<T> {
  readonly functions: readonly T[];
  /** Names of either list that match none of the functions. */
  readonly unknown: readonly string[];
}

/** The functions that a filter selects, in order. */
export function selectFunctions<T extends NameableFunction>(all: readonly T[], filter: FunctionFilter): Selected<T> {
  const { functions, exclude } = filter;
  const found = new Map([...functions, ...exclude].map((name) => [name, meantBy(name, all)]));
  const meant = (names: readonly string[]) => new Set(names.flatMap((name) => found.get(name) ?? []));
  const [wanted, excluded] = [meant(functions), meant(exclude)];
  return {
    functions: all.filter((fn) => (functions.length === 0 || wanted.has(fn)) && !excluded.has(fn)),
    unknown: [...found.keys()].filter((name) => found.get(name)?.length === 0),
  };
}

/**
 * The filter without `$LATEST` qualifiers, which stand for the function itself.
 * @throws LayersError `usage` for the name of a version or an alias: their layers cannot change
 */
export function withoutQualifiers({ functions, exclude }: FunctionFilter): FunctionFilter {
  return { functions: functions.map(withoutQualifier), exclude: exclude.map(withoutQualifier) };
}

/**
 * A function's name or ARN without the qualifier `$LATEST`, which stands for the function itself.
 * @throws LayersError `usage` for the name of a version or an alias: their layers cannot change
 */
export function withoutQualifier(text: string): string {
  const { name, qualifier } = parseFunctionReference(text) ?? {};
  if (name === undefined || qualifier === undefined) return text;
  const itself = text.slice(0, text.lastIndexOf(":"));
  if (qualifier === "$LATEST") return itself;
  throw new LayersError("usage", `${text} is a version or an alias of function ${name}, and those cannot be changed.`, {
    next: `Name the function itself: ${itself}`,
  });
}

/**
 * The error for names that match nothing.
 * @param where such as `in the state of dev`
 * @param known names that exist, for a suggestion
 */
export function unknownFunctions(unknown: readonly string[], where: string, known: Iterable<string>): LayersError {
  const all = [...new Set(known)];
  const hints = unknown.flatMap((name) => didYouMean(name, all) ?? []);
  const lines = unknown.map((name) => `No function ${name} found ${where}.`);
  const isPattern = unknown.some((name) => /[*?]/.test(name));
  const byPattern = "-f and -e take names, not patterns. Choose functions by --tag KEY=VALUE or --all-functions.";
  if (isPattern) return new LayersError("usage", lines, { next: byPattern });
  const next = hints.length > 0 ? hints : ["Check the name, the region (--region) and the account (--profile)."];
  return new LayersError("usage", lines, { next });
}
