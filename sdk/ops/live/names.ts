import type { LayerConfig } from "../../core/config/parse";
import type { LayersError } from "../../core/errors";
import { type FunctionFilter, isNamed, meantBy, type NameableFunction, unknownFunctions } from "../../core/selection";
import type { Ports } from "../../ports";
import { isWithoutState, loadState, scanAs } from "../recorded/load";
import { type LiveSelection, selectLive } from "./select";

/** The accounts and regions searched. */
export type Where = Pick<LiveSelection, "regions" | "profiles" | "home">;

/** Decides which live functions a filter selects, and which of its names matched none. */
export function watchNames({ functions, exclude }: FunctionFilter) {
  const met = new Set<string>();
  let seen = 0;
  const isAmong = (texts: readonly string[], fn: NameableFunction) => {
    const named = texts.filter((text) => isNamed(fn, text));
    for (const text of named) met.add(text);
    return named.length > 0;
  };
  return {
    isMeant(fn: NameableFunction): boolean {
      seen++;
      const isExcluded = isAmong(exclude, fn);
      return (isAmong(functions, fn) || functions.length === 0) && !isExcluded;
    },
    /** How many functions were checked. */
    seen: () => seen,
    /** The names that matched none of these. */
    open: () => [...functions, ...exclude].filter((text) => !met.has(text)),
  };
}

/** The names that no function in AWS has. One request per name. */
export async function notInAws(ports: Ports, names: readonly string[], where: Where): Promise<readonly string[]> {
  if (names.length === 0) return [];
  return (await selectLive(ports, { ...where, names }, async () => {})).unknown;
}

/**
 * The names in AWS of functions with these names in the Pulumi program.
 * @returns each name with ARNs, or names in AWS; empty without a stack
 */
export async function namesInProgram(
  ports: Ports,
  names: readonly string[],
  stack: string,
  { settings }: LayerConfig,
): Promise<ReadonlyMap<string, readonly string[]>> {
  try {
    const { functions } = (await loadState(ports, { stack, scan: scanAs(settings) })).facts;
    const all = functions.map(({ name, arn, urn }) => ({ name, arn, ownUrn: urn }));
    const found = names.map((name) => [name, meantBy(name, all).map((fn) => fn.arn ?? fn.name)] as const);
    return new Map(found.filter(([name, meant]) => meant.length > 0 && !meant.includes(name)));
  } catch (error) {
    if (isWithoutState(error)) return new Map();
    throw error;
  }
}

/** The error for names found neither in AWS nor in a program, with the nearest one in AWS. */
export async function noSuchFunctions(ports: Ports, names: readonly string[], where: Where): Promise<LayersError> {
  const found = await selectLive(
    ports,
    { ...where, all: true },
    async (_aws, { functions }) => functions.map(({ name }) => name),
    {
      onUnread() {},
    },
  );
  return unknownFunctions(names, `in AWS in ${found.regions.join(", ") || "any region"}`, found.visited.flat());
}
