import { type DeclaredLayer, declareFor, shortStackName } from "../core/config/declared";
import { writtenWhen } from "../core/config/edit";
import { flowText } from "../core/config/insert";
import type { LayerConfig } from "../core/config/parse";
import { toWhen, whenText } from "../core/config/when";
import { listNames } from "../core/text";
import type { AvailableLayer, UpgradeRequest, UsedLayers } from "./available";

// What one number declares for several regions, and how to give one of them its own.

/** What differs between layers of one entry, so that a variant can tell them apart. */
type Place = "region" | "account";

/**
 * How to give a layer's region, or account, its own version: `add to layers.base.variants: { when: { region: eu-west-1
 * }, version: 2 }`; undefined if its variant has other fields, which a variant of its own would lose.
 */
export function ownVariant(
  { entry, variant, ...place }: AvailableLayer,
  key: Place,
  version: number,
  { stack, override }: Pick<UpgradeRequest, "stack" | "override">,
): string | undefined {
  if (variant && !variant.hasVersion) return undefined;
  const at = override ? `stack_overrides.${shortStackName(stack)}.${entry}` : `layers.${entry}`;
  const text = flowText({ when: writtenWhen(toWhen({ ...variant?.when, [key]: place[key] })), version });
  // The first variant that fits counts; those of an override are put in front of the others.
  const isBefore = variant !== undefined && !override;
  return `${isBefore ? `put before that for ${whenText(variant.when)} in` : "add to"} \`${at}.variants\`: ${text}`;
}

/** What tells two layers of an entry apart; undefined if only their names do. */
export function differing(a: AvailableLayer, b: AvailableLayer): Place | undefined {
  return (["region", "account"] as const).find((key) => a[key] !== b[key]);
}

/** A version that is edited although only one region was asked for. */
interface EditedVersion {
  readonly entry: string;
  readonly to: number;
  /** Where it is declared: `layer_config.yaml:3`. */
  readonly at: string;
  /** The layers that it was chosen for. */
  readonly rows: readonly AvailableLayer[];
}

/**
 * Warns of an edit that reaches other regions than the one that was asked for.
 * @param leftOut the layers of the same declaration that the region leaves out, if functions have them
 */
export function otherRegions(
  config: LayerConfig,
  { entry, to, at, rows }: EditedVersion,
  leftOut: UsedLayers["leftOut"],
  request: Pick<UpgradeRequest, "region" | "stack" | "override">,
): string[] {
  const { region, stack } = request;
  const [first] = rows;
  if (region === undefined || !first) return [];
  const used = rows.filter(({ usedBy }) => usedBy !== undefined);
  const others = [...new Set([...used, ...leftOut].map((one) => one.region))].filter((one) => one !== region).sort();
  const edit = `The edit of ${entry} (${at})`;
  const declared = declareFor(config, stack).layers.find(({ key }) => key === entry);
  if (isOfOneRegion(declared, first))
    return first.region === region ? [] : [`${edit} is for ${first.region}, not for ${region}.`];
  const { when } = first.variant?.hasVersion ? first.variant : {};
  const isOnly = when?.region?.length === 1 && when.region[0] === region;
  if (isOnly || (others.length === 0 && used.length > 0)) return [];
  const also = others.length > 0 ? listNames(others) : "every other region without a variant of its own";
  const own = ownVariant({ ...first, region }, "region", to, request);
  const instead = own ? ` To declare version ${to} for ${region} alone, do not edit this but ${own}` : "";
  return [`${edit} also applies to ${also}, not only to ${region}.${instead}`];
}

/** Whether the ARN that declares a layer names its region. */
function isOfOneRegion(declared: DeclaredLayer | undefined, { variant }: AvailableLayer): boolean {
  const own = variant && declared?.variants?.[variant.number - 1]?.fields.arn;
  const arn = own ?? declared?.arn;
  return arn !== undefined && !arn.includes("{region}");
}
