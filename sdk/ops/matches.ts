import { layerArn, parseLayerVersionArn, partitionOf } from "../core/arn";
import { type AssessedFunction, type Standing, targetArn } from "../core/assess";
import type { DeclaredLayer, DeclaredLayers, DeclaredVariant } from "../core/config/declared";
import type { LayerConfig } from "../core/config/parse";
import { labelsOf } from "../core/function-arn";
import { fillIn, runtimeInName } from "../core/placeholders";
import { type DeclaredForm, formOf } from "../core/target";
import type { AwsPort, Ports } from "../ports";
import { sideBySide, withSession } from "./live/sessions";

/** A layer, and where it is. */
export interface LayerPlace {
  /** The layer's name in AWS. */
  readonly layer: string;
  /** Without version. */
  readonly arn: string;
  readonly region: string;
  /** Twelve digits; `?` if nothing tells it. */
  readonly account: string;
}

/** A layer that an entry declares in one of its variants, or without, and the functions that have it or are to get it. */
export interface DeclaredMatch extends LayerPlace {
  readonly declared: DeclaredForm;
  /** Each once, however often it has the layer. */
  readonly functions: readonly AssessedFunction[];
}

/**
 * The layers that entries declare for functions, each once for what is declared of it, in the order of the standings.
 * If another layer is to come, it is that one.
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

/** How lines call layers: by their names, and of those that share a name each with its region or account. */
export function labelsOfLayers(layers: readonly LayerPlace[]): (layer: LayerPlace) => string {
  const named = (one: LayerPlace) => ({ ...one, name: one.layer });
  const label = labelsOf(layers.map(named));
  return (layer) => label(named(layer));
}

/**
 * The layers that a config declares, as AWS can be asked for them: those of functions, and of each entry that matches
 * none the layer that it names, in the home region. Account and region are filled in if the matches do not say.
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
    // What a function and a resource record of one layer is one match, now that both are whole.
    const same = Map.groupBy(whole, ({ arn, declared }) => `${arn} ${declared.key} ${variantIndex(declared)}`);
    return [...same.values()].flatMap(([first, ...others]) =>
      first ? [{ ...first, functions: [first, ...others].flatMap(({ functions }) => functions) }] : [],
    );
  });
}

/** Which variant of its entry a form is, from 0; -1 without one. */
function variantIndex({ variant, variants = [] }: DeclaredForm): number {
  return variant ? variants.indexOf(variant) : -1;
}

/**
 * The forms of an entry that no function has, and that have a version: the entry itself if no function has any layer of
 * it, and each variant that declares another layer or version.
 */
function openForms(entry: DeclaredLayer, matches: readonly DeclaredMatch[]): DeclaredForm[] {
  const used = new Set(matches.flatMap(({ declared }) => (declared.key === entry.key ? variantIndex(declared) : [])));
  const variants = (entry.variants ?? []).filter(({ fields: { version, arn, names } }) => version ?? arn ?? names);
  const forms = [...(used.size > 0 ? [] : [undefined]), ...variants].map((variant) => formOf(entry, variant));
  const isOpen = (form: (typeof forms)[number]): form is DeclaredForm =>
    form.version !== undefined && !used.has(variantIndex(form as DeclaredForm));
  return forms.filter(isOpen);
}

/** The layer that a form names, as far as that can be determined without a function; undefined if it differs by function. */
function namedLayer(form: DeclaredForm, stack: string): DeclaredMatch | undefined {
  const text = form.arn ?? form.names?.find((one) => !one.includes("*")) ?? `${form.key}-${stack}`;
  const facts = sampleOf(form.variant);
  const filled = fillIn(text, {
    ...facts,
    partition: facts.region === undefined ? undefined : partitionOf(facts.region),
  });
  if ("missing" in filled) {
    // The home region is filled in later.
    const isHome = ["partition", "region", "account"].includes(filled.missing);
    if (!isHome || form.arn === undefined) return undefined;
    const [, , , region = "?", account = "?", , name = ""] = text.split(":");
    const named = fillIn(name, facts);
    if ("missing" in named) return undefined;
    const literal = (part: string, sample: string | undefined) => (part.includes("{") ? (sample ?? "?") : part);
    const place = { region: literal(region, facts.region), account: literal(account, facts.account) };
    return { declared: form, layer: named.text, arn: "?", ...place, functions: [] };
  }
  const [, , , region = "?", account = "?", , literal] = form.arn === undefined ? [] : filled.text.split(":");
  const place = { region: form.arn === undefined ? (facts.region ?? region) : region, account };
  return {
    declared: form,
    layer: literal ?? filled.text,
    arn: form.arn === undefined ? "?" : filled.text,
    ...place,
    functions: [],
  };
}

/** What a function would have that a variant is for, as far as its condition names it. */
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
 * @param onFailure what is said instead of a region that could not be asked. Default: its error is thrown
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
