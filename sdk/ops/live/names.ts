import type { LayerConfig } from "../../core/config/parse";
import { LayersError } from "../../core/errors";
import { type FunctionFilter, isNamed, meantBy, type NameableFunction, unknownFunctions } from "../../core/selection";
import { scanState } from "../../core/state/scan";
import type { Ports } from "../../ports";
import { loadState } from "../recorded/load";
import { type LiveSelection, selectLive } from "./select";

/** The accounts and regions that are asked. */
export type Where = Pick<LiveSelection, "regions" | "profiles" | "home">;

/** Says which live functions a filter means, and which of its names have met none of them. */
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
    /** How many functions it was asked about. */
    seen: () => seen,
    /** The names that have met none of these. */
    open: () => [...functions, ...exclude].filter((text) => !met.has(text)),
  };
}

/** Those of the names that no function in AWS has. One request per name. */
export async function notInAws(ports: Ports, names: readonly string[], where: Where): Promise<readonly string[]> {
  if (names.length === 0) return [];
  return (await selectLive(ports, { ...where, names }, async () => {})).unknown;
}

/**
 * What functions are called in AWS that are called so in the Pulumi program.
 * @returns each name with ARNs, or names in AWS; empty if there is no stack to be asked
 */
export async function namesInProgram(
  ports: Ports,
  names: readonly string[],
  stack: string,
  { settings }: LayerConfig,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const nobody: readonly LayersError["code"][] = ["project-missing", "pulumi-missing", "pulumi-login", "stack-missing"];
  try {
    const scan = (bytes: Uint8Array) => scanState(bytes, { resourceTypes: settings.resourceTypes });
    const { functions } = (await loadState(ports, { stack, scan })).facts;
    const all = functions.map(({ name, arn, urn }) => ({ name, arn, ownUrn: urn }));
    const found = names.map((name) => [name, meantBy(name, all).map((fn) => fn.arn ?? fn.name)] as const);
    return new Map(found.filter(([name, meant]) => meant.length > 0 && !meant.includes(name)));
  } catch (error) {
    if (error instanceof LayersError && nobody.includes(error.code)) return new Map();
    throw error;
  }
}

/** The error of names that neither AWS nor a program has, with the nearest of those that AWS has. */
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
