import type { Architecture, CreateFunctionRequest, Layer, Runtime } from "@aws-sdk/client-lambda";
import { type Home, isBuiltIn, layerArn, parseLayerReference } from "./arns";
import { newConfiguration } from "./lambda/configuration";
import { publishLayer } from "./lambda/layers";
import { entry, type Store } from "./store";

/** A function as CreateFunction takes it, with defaults for everything but its name. */
export interface SeedFunction extends Partial<Omit<CreateFunctionRequest, "FunctionName" | "Layers" | "Tags">> {
  name: string;
  /** Layer version ARNs, or "name:version" for the function's own account and region. They need not exist. */
  layers?: string[];
  tags?: Record<string, string>;
  account?: string;
  region?: string;
}

/** A layer with its versions 1 to `versions`. */
export interface SeedLayer {
  name: string;
  versions: number;
  /** Numbers of versions that have been deleted; a later seed of the layer restores those that it does not list. */
  deleted?: number[];
  compatibleRuntimes?: Runtime[];
  compatibleArchitectures?: Architecture[];
  description?: string;
  /** Who may read it besides its own account (default "everyone"). */
  sharedWith?: "everyone" | string[];
  account?: string;
  region?: string;
}

export interface Seed {
  functions?: SeedFunction[];
  layers?: SeedLayer[];
  /** SSM parameters of the emulator's own account and region. */
  parameters?: Record<string, string>;
}

/** Puts a seed into the store. A function replaces one with the same name; a layer's versions follow those that exist. */
export function plant(store: Store, seed: Seed, home: Home): void {
  for (const layer of seed.layers ?? []) plantLayer(store, layer, home);
  for (const fn of seed.functions ?? []) plantFunction(store, fn, home);
  const { parameters } = store.shelf(home.account, home.region);
  for (const [name, value] of Object.entries(seed.parameters ?? {})) {
    parameters.set(name, { value, version: (parameters.get(name)?.version ?? 0) + 1, modified: Date.now() / 1000 });
  }
}

function plantLayer(store: Store, { name, versions, deleted = [], ...layer }: SeedLayer, home: Home): void {
  const owner = { account: layer.account ?? home.account, region: layer.region ?? home.region };
  const shelf = store.shelf(owner.account, owner.region);
  const stored = entry(shelf.layers, name, () => ({ versions: [], sharedWith: [] as string[] }));
  stored.sharedWith = layer.sharedWith ?? "everyone";
  const input = {
    Description: layer.description,
    CompatibleRuntimes: layer.compatibleRuntimes,
    CompatibleArchitectures: layer.compatibleArchitectures,
  };
  while (stored.versions.length < versions) publishLayer(shelf, owner, name, input, Buffer.from(name));
  for (const [index, version] of stored.versions.entries()) version.deleted = deleted.includes(index + 1);
}

function plantFunction(
  store: Store,
  { name, layers = [], tags = {}, account, region, ...rest }: SeedFunction,
  home: Home,
) {
  const owner = { account: account ?? home.account, region: region ?? home.region };
  const zip: Partial<CreateFunctionRequest> =
    rest.PackageType === "Image" ? {} : { Runtime: "python3.12", Handler: "index.handler" };
  const input = { Role: `arn:aws:iam::${owner.account}:role/lambda`, Code: {}, ...zip, ...rest, FunctionName: name };
  store.shelf(owner.account, owner.region).addFunction(name, {
    configuration: newConfiguration(name, input, layersNamed(layers, owner), owner),
    tags: { ...tags },
    imageUri: rest.Code?.ImageUri,
  });
}

/** ARNs unchanged, "name:version" completed to one. */
export function layersNamed(names: readonly string[], home: Home): Layer[] {
  return names.map((text) => {
    if (isBuiltIn(text)) return { Arn: text };
    const layer = parseLayerReference(text, home);
    if (layer?.version === undefined) throw new Error(`${text} is not a layer version.`);
    return {
      Arn: `${layerArn(layer.account, layer.region, layer.name)}:${layer.version}`,
      CodeSize: layer.name.length,
    };
  });
}
