import { layerArn, parseLayerVersionArn, partitionOf } from "../core/arn";
import { type AssessedFunction, type Standing, targetArn } from "../core/assess";
import type { DeclaredLayer, DeclaredLayers, DeclaredVariant } from "../core/config/declared";
import type { LayerConfig } from "../core/config/parse";
import { type DeclaredForm, formOf } from "../core/form";
import { labelsOf } from "../core/function-arn";
import { fillIn, runtimeInName } from "../core/placeholders";
import type { AwsPort, Ports } from "../ports";
import { sideBySide, withSession } from "./live/sessions";

/** A layer, with region and account. */
export interface LayerPlace {
  readonly layer: string;
  /** Without version. */
  readonly arn: string;
  readonly region: string;
  /** Twelve digits; `?` if unknown. */
  readonly account: string;
}

/** A layer declared by an entry or one of its variants, and the functions that have it or will get it. */
export interface DeclaredMatch extends LayerPlace {
  readonly declared: DeclaredForm;
  /** Each once, however often it has the layer. */
  readonly functions: readonly AssessedFunction[];
}

/**
 * The layers that entries declare for functions, once per declaration, in the order of the standings. For a
 * replacement, it is the new layer.
 */
export function matchesOf(standings: readonly Standing[]): DeclaredMatch[] {
  const matches = new Map<string, Map<DeclaredForm, DeclaredMatch>>();
  for (const { fn, layer: found, target } of standings) {
    const layer =
      found && target?.by !== undefined ? parseLayerVersionArn(targetArn({ layer: found, target }) ?? "") : found;
    if (!layer || !target?.declared) continue;
    const { declared } = target;
    const { name, region, account } = layer;
    const arn = layerArn(layer);
    const ofLayer = matches.get(arn) ?? new Map<DeclaredForm, DeclaredMatch>();
    matches.set(arn, ofLayer);
    const functions = new Set([...(ofLayer.get(declared)?.functions ?? []), fn]);
    ofLayer.set(declared, { declared, arn, layer: name, region, account, functions: [...functions] });
  }
  return [...matches.values()].flatMap((ofLayer) => [...ofLayer.values()]);
}

/** Layer names for messages: layers that share a name get their region or account. */
export function labelsOfLayers(layers: readonly LayerPlace[]): (layer: LayerPlace) => string {
  const named = (one: LayerPlace) => ({ ...one, name: one.layer });
  const label = labelsOf(layers.map(named));
  return (layer) => label(named(layer));
}

/**
 * The declared layers to ask AWS about: those of functions and, for each entry without a match, the layer that it
 * names, in the home region. Missing accounts and regions are filled in.
 * @throws LayersError `aws-credentials`, `aws-failed`
 */
export async function findableLayers(
  ports: Ports,
  { settings }: LayerConfig,
  { layers, stack }: DeclaredLayers,
  matches: readonly DeclaredMatch[],
): Promise<DeclaredMatch[]> {
  const open = layers.flatMap((entry) => openForms(entry, matches).flatMap((form) => namedLayer(form, stack) ?? []));
  const all = [...matches, ...open];
  const isWhole = ({ region, account }: DeclaredMatch) => region !== "?" && account !== "?";
  if (all.every(isWhole)) return all;
  return withSession(ports, { region: settings.region }, async (aws) => {
    const home = { region: aws.region, account: settings.accountId ?? (await aws.callerIdentity()).account };
    const whole = all.map((match) => {
      if (isWhole(match)) return match;
      const region = match.region === "?" ? home.region : match.region;
      const account = match.account === "?" ? home.account : match.account;
      const arn = layerArn({ partition: partitionOf(region), region, account, name: match.layer });
      return { ...match, region, account, arn };
    });
    // With both complete, a layer recorded by a function and by a resource is one match.
    const same = Map.groupBy(whole, ({ arn, declared }) => `${arn} ${declared.key} ${variantIndex(declared)}`);
    return [...same.values()].flatMap(([first, ...others]) =>
      first ? [{ ...first, functions: [first, ...others].flatMap(({ functions }) => functions) }] : [],
    );
  });
}

/** The index of a form's variant; -1 without one. */
function variantIndex({ variant, variants = [] }: DeclaredForm): number {
  return variant ? variants.indexOf(variant) : -1;
}

/**
 * An entry's forms with a version that no function uses: the entry itself if no function has any of its layers, and
 * each variant that declares another layer or version.
 */
function openForms(entry: DeclaredLayer, matches: readonly DeclaredMatch[]): DeclaredForm[] {
  const used = new Set(matches.flatMap(({ declared }) => (declared.key === entry.key ? variantIndex(declared) : [])));
  const variants = (entry.variants ?? []).filter(({ fields: { version, arn, names } }) => version ?? arn ?? names);
  const forms = [...(used.size > 0 ? [] : [undefined]), ...variants].map((variant) => formOf(entry, variant));
  const isOpen = (form: (typeof forms)[number]): form is DeclaredForm =>
    form.version !== undefined && !used.has(variantIndex(form as DeclaredForm));
  return forms.filter(isOpen);
}

/** The layer that a form names, as far as no function is needed for that; undefined if it differs by function. */
function namedLayer(form: DeclaredForm, stack: string): DeclaredMatch | undefined {
  const facts = sampleOf(form.variant);
  const partition = facts.region === undefined ? undefined : partitionOf(facts.region);
  const found = { declared: form, functions: [] };
  if (form.arn === undefined) {
    const filled = fillIn(form.names?.find((one) => !one.includes("*")) ?? `${form.key}-${stack}`, {
      ...facts,
      partition,
    });
    if ("missing" in filled) return undefined;
    return { ...found, layer: filled.text, arn: "?", region: facts.region ?? "?", account: "?" };
  }
  const filled = fillIn(form.arn, { ...facts, partition });
  const text = "text" in filled ? filled.text : form.arn;
  const [, , , region = "?", account = "?", , name = ""] = text.split(":");
  if ("text" in filled) return { ...found, layer: name, arn: filled.text, region, account };
  // What the home region says is filled in later.
  const isHome = ["partition", "region", "account"].includes(filled.missing);
  const named = fillIn(name, facts);
  if (!isHome || "missing" in named) return undefined;
  const literal = (part: string, sample: string | undefined) => (part.includes("{") ? (sample ?? "?") : part);
  const place = { region: literal(region, facts.region), account: literal(account, facts.account) };
  return { ...found, layer: named.text, arn: "?", ...place };
}

/** The properties of a function that matches a variant, as far as its condition gives them. */
function sampleOf(variant: DeclaredVariant | undefined) {
  const { region, account, runtime, architecture } = variant?.when ?? {};
  const first = (texts: readonly string[] | undefined) => texts?.find((text) => !text.includes("*"));
  const itsRuntime = first(runtime);
  return {
    ...{ region: first(region), account: first(account), architecture: first(architecture) },
    runtime: itsRuntime === undefined ? undefined : runtimeInName(itsRuntime),
  };
}

/**
 * Asks AWS about layers: all regions in parallel, each with a session of its own.
 * @param onFailure handles a region that could not be read. Default: its error is thrown
 */
export async function askAbout<T>(
  ports: Ports,
  matches: readonly DeclaredMatch[],
  ask: (aws: AwsPort, match: DeclaredMatch) => Promise<readonly T[]>,
  onFailure: (error: unknown, region: string) => readonly T[] = (error) => {
    throw error;
  },
): Promise<T[]> {
  const answers = await sideBySide([...Map.groupBy(matches, ({ region }) => region)], ([region, ofRegion]) =>
    withSession(ports, { region }, async (aws) => {
      const found: T[] = [];
      for (const match of ofRegion) found.push(...(await ask(aws, match)));
      return found;
    }).catch((error) => onFailure(error, region)),
  );
  return answers.flat();
}
