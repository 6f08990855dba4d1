import { parseLayerVersionArn, regionOfArn } from "./arn";
import type { LayerVersionFacts, LiveFunction } from "./live";

/** The most layers that a function can have: "Lambda quotas", function configuration. It cannot be raised. */
export const mostLayers = 5;

/**
 * Why a layer version does not suit a function, as the end of a sentence that starts with the layer; undefined if it
 * does. Missing information, of the publisher or the function, is no reason. Lambda itself does not check.
 */
export function whyUnsuitable(
  fn: Partial<Pick<LiveFunction, "runtime" | "architectures">>,
  facts: Omit<LayerVersionFacts, "arn">,
): string | undefined {
  const { compatibleRuntimes: runtimes, compatibleArchitectures: architectures } = facts;
  if (fn.runtime && runtimes.length > 0 && !runtimes.includes(fn.runtime))
    return `is for ${list(runtimes)}, but the function runs on ${fn.runtime}`;
  const unserved = (fn.architectures ?? []).filter((architecture) => !architectures.includes(architecture));
  if (architectures.length > 0 && unserved.length > 0)
    return `is for ${list(architectures)}, but the function runs on ${list(unserved)}`;
  return undefined;
}

/** The region of a layer version if it differs from the function's: Lambda does not attach layers of other regions. */
export function foreignRegion(fn: Pick<LiveFunction, "arn">, layerVersionArn: string): string | undefined {
  const region = parseLayerVersionArn(layerVersionArn)?.region;
  return region === regionOfArn(fn.arn) ? undefined : region;
}

function list(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}
