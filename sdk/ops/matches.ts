import { layerArn, partitionOf } from "../core/arn";
import type { AssessedFunction, Standing } from "../core/assess";
import type { DeclaredLayer, DeclaredLayers } from "../core/config/declared";
import type { LayerConfig } from "../core/config/parse";
import { labelsOf } from "../core/function-arn";
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

/** A layer that an entry declares, and the functions that have it. */
export interface DeclaredMatch extends LayerPlace {
  readonly declared: DeclaredLayer;
  /** Each once, however often it has the layer. */
  readonly functions: readonly AssessedFunction[];
}

/** The layers of functions that entries declare, each once, in the order of the standings. */
export function matchesOf(standings: readonly Standing[]): DeclaredMatch[] {
  const matches = new Map<string, DeclaredMatch>();
  for (const { fn, layer, target } of standings) {
    if (!layer || !target?.declared) continue;
    const { name, region, account } = layer;
    const arn = layerArn(layer);
    const functions = new Set([...(matches.get(arn)?.functions ?? []), fn]);
    matches.set(arn, { declared: target.declared, arn, layer: name, region, account, functions: [...functions] });
  }
  return [...matches.values()];
}

/** How lines call layers: by their names, and of those that share a name each with its region or account. */
export function labelsOfLayers(layers: readonly LayerPlace[]): (layer: LayerPlace) => string {
  const named = (one: LayerPlace) => ({ ...one, name: one.layer });
  const label = labelsOf(layers.map(named));
  return (layer) => label(named(layer));
}

/**
 * The layers that a config declares, as AWS can be asked for them: those of functions, and of each entry that matches
 * none the layer that it names, in the home region. What matches do not tell of account and region is filled in.
 * @throws LayersError `aws-credentials`, `aws-failed`
 */
export async function findableLayers(
  ports: Ports,
  { settings }: LayerConfig,
  { layers, stack }: DeclaredLayers,
  matches: readonly DeclaredMatch[],
): Promise<DeclaredMatch[]> {
  const open = layers
    .filter(({ key }) => !matches.some(({ declared }) => declared.key === key))
    .map((declared): DeclaredMatch => {
      const [, , , region = "?", account = "?", , literal] = declared.arn?.split(":") ?? [];
      const layer = literal ?? declared.names?.find((one) => !one.includes("*")) ?? `${declared.key}-${stack}`;
      return { declared, layer, arn: declared.arn ?? "?", region, account, functions: [] };
    });
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
    return [...Map.groupBy(whole, ({ arn }) => arn).values()].flatMap(([first, ...others]) =>
      first ? [{ ...first, functions: [first, ...others].flatMap(({ functions }) => functions) }] : [],
    );
  });
}

/**
 * Asks AWS about layers: all regions side by side, each with a session of its own.
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
