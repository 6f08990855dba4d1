import type { LayerVersionArn } from "./arn";
import type { DeclaredFields, DeclaredLayer, DeclaredVariant } from "./config/declared";
import { fitOf, type WhenFacts, type WhenKey, whenText } from "./config/when";
import type { Matchable } from "./match";

// What an entry of the config says for one function: the entry with its first variant that fits.

/** The properties of a function that its layers depend on. Unknown ones are undefined and never guessed. */
export interface TargetFacts {
  /** Its name in AWS; undefined while unknown. */
  readonly name: string | undefined;
  readonly region?: string | undefined;
  /** Twelve digits. */
  readonly account?: string | undefined;
  readonly runtime?: string | undefined;
  /** Empty if none is given, which means {@link defaultArchitecture}; undefined if unknown. */
  readonly architectures?: readonly string[] | undefined;
}

/** Lambda's default architecture: API reference, "CreateFunction". */
export const defaultArchitecture = "x86_64";

/** An entry as it applies to one function: with its first variant that matches. */
export type DeclaredForm<Entry extends object = DeclaredLayer> = Omit<Entry, "version" | keyof DeclaredFields> &
  DeclaredFields & { readonly version: number; readonly variant?: DeclaredVariant };

/** An entry covers the layer, but its target cannot be determined. */
export interface NoTarget {
  /** Why, as a sentence without its full stop: `the runtime of the function is not known`. */
  readonly why: string;
  /** The missing property of the function; undefined if the config itself is the reason. */
  readonly unknown?: WhenKey;
  readonly declared: Matchable;
  readonly variant?: DeclaredVariant;
}

/** Entries with their variants, cached so that they can be compared by identity. */
const forms = new WeakMap<object, Map<DeclaredVariant, unknown>>();

function withVariant<Entry extends object>(entry: Entry, variant: DeclaredVariant): Formed<Entry> {
  const known = forms.get(entry) ?? new Map<DeclaredVariant, unknown>();
  forms.set(entry, known);
  const { arn, names } = variant.fields;
  // Either of the two fields replaces both. Undefined values do not pass through Pulumi's engine.
  const place = arn === undefined && names === undefined ? {} : { arn, names };
  const form = known.get(variant) ?? { ...entry, ...variant.fields, ...place, variant };
  known.set(variant, form);
  return form as Formed<Entry>;
}

/** An entry with its first matching variant; its version may be missing, or an output of the program. */
export type Formed<Entry> = Omit<Entry, keyof DeclaredFields> & DeclaredFields & { readonly variant?: DeclaredVariant };

/** The entry with its first matching variant, or why that cannot be determined. */
export function formFor<Entry extends Matchable & DeclaredFields>(
  entry: Entry,
  facts: WhenFacts,
): Formed<Entry> | NoTarget {
  for (const variant of entry.variants ?? []) {
    const answer = fitOf(variant.when, facts);
    if (answer.fits === "unknown") {
      const why = `the ${factNames[answer.key]} is unknown, and its variant for ${whenText(variant.when)} depends on it`;
      return { ...noTarget(entry, why), unknown: answer.key };
    }
    if (answer.fits) return withVariant(entry, variant);
  }
  return entry;
}

/** An entry with one of its variants, or without. */
export function formOf<Entry extends object>(entry: Entry, variant: DeclaredVariant | undefined): Formed<Entry> {
  return variant === undefined ? (entry as unknown as Formed<Entry>) : withVariant(entry, variant);
}

/** How messages name the properties of a function. */
export const factNames: Readonly<Record<WhenKey, string>> = {
  region: "region of the function",
  account: "account of the function",
  runtime: "runtime of the function",
  architecture: "architecture of the function",
  function: "name of the function",
};

/**
 * The properties of a function that conditions test. The layer also gives the region, because Lambda does not attach
 * layers of other regions.
 */
export function whenFactsOf(fn: TargetFacts, layer: Pick<LayerVersionArn, "region">): WhenFacts {
  const { name, region, account, runtime } = fn;
  return { function: name, region: region ?? layer.region, account, runtime, architecture: architectureOf(fn) };
}

/** The architecture of a function; undefined if unknown. */
export function architectureOf({ architectures }: Pick<TargetFacts, "architectures">): string | undefined {
  if (architectures === undefined || architectures.length > 1) return undefined;
  return architectures[0] ?? defaultArchitecture;
}

/** Why a covered layer has no target. */
export function noTarget(declared: Matchable, why: string, variant?: DeclaredVariant): NoTarget {
  return { why, declared, ...(variant && { variant }) };
}
