import { LayersError } from "./errors";
import { parseFunctionReference } from "./function-arn";
import { didYouMean } from "./nearest";

/** Which functions are meant; all of them if nothing is given. */
export interface FunctionFilter {
  /** Names in AWS, ARNs, or names in the Pulumi program; only these, if there are any. */
  readonly functions: readonly string[];
  /** The same, of functions that are left out in any case. */
  readonly exclude: readonly string[];
}

/** No name given. */
export const everyFunction: FunctionFilter = { functions: [], exclude: [] };

/** What a function can be named by. */
export interface NameableFunction {
  /** Its name in AWS. */
  readonly name: string;
  readonly arn: string | undefined;
  /** The resource that is the function, whose last part is its name in the program; undefined for any other. */
  readonly ownUrn?: string | undefined;
}

/**
 * The functions that a text names: by ARN or by name in AWS, else by the name in the Pulumi program. Several, if they
 * share the name.
 */
export function meantBy<T extends NameableFunction>(text: string, all: readonly T[]): T[] {
  const named = all.filter((fn) => isNamed(fn, text));
  return named.length > 0 ? named : all.filter(({ ownUrn }) => ownUrn === text || ownUrn?.endsWith(`::${text}`));
}

/** Whether a text is a function's name in AWS, or its ARN. */
export function isNamed({ name, arn }: NameableFunction, text: string): boolean {
  return name === text || (arn !== undefined && arn === text);
}

/** The result of applying a filter to functions. */
export interface Selected<T> {
  readonly functions: readonly T[];
  /** Names of either list that mean none of the functions. */
  readonly unknown: readonly string[];
}

/** The functions that a filter means, in their order. */
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
 * The filter without the qualifier of `$LATEST`, which is the function itself.
 * @throws LayersError `usage` for the name of a version or an alias: these keep the layers that they were published with
 */
export function withoutQualifiers({ functions, exclude }: FunctionFilter): FunctionFilter {
  return { functions: functions.map(withoutQualifier), exclude: exclude.map(withoutQualifier) };
}

/**
 * A function's name or ARN without the qualifier of `$LATEST`, which is the function itself.
 * @throws LayersError `usage` for the name of a version or an alias: these keep the layers that they were published with
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
 * The error of names that mean nothing, as what else was meant by them is not known.
 * @param where such as `in the state of dev`
 * @param known names that exist, to find the one that was probably meant
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
