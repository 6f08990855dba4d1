import { connectAws } from "../../sdk/aws/session";
import { parseLayerVersionArn, partitionOf } from "../../sdk/core/arn";
import { declaredAt } from "../../sdk/core/config/declared";
import type { LayerSettings } from "../../sdk/core/config/settings";
import { LayersError } from "../../sdk/core/errors";
import { createMatcher } from "../../sdk/core/match";
import {
  factsNeeded,
  isAsDeclared,
  isTarget,
  targetArnOf,
  targetFor,
  targetForMost,
  variesWithFunctions,
} from "../../sdk/core/target";
import { type DeclaredConfig, loadDeclared } from "../program/declared-config";
import { nameInAws, noSuchEntry } from "../program/layer-name";
import { LayerLookup, missingAdvice } from "../program/lookup";
import type { ProviderConfig } from "../resource/inputs";
import { isTemplate } from "../resource/name-template";
import { regionFor, type Surroundings } from "./declaring";
import type {
  ArnResult,
  DeclaredLayer,
  DeclaredLayersArgs,
  DeclaredLayersResult,
  LayerVersionArnArgs,
  PinLayerArgs,
} from "./types";

/** The functions of one configured provider: each layer version is looked up once. */
export class Invokes {
  readonly #lookup = new LayerLookup(
    (region: string, who: ProviderConfig) => connectAws({ ...who, region }),
    async ({ profile, roleArn }) => JSON.stringify([profile, roleArn]),
  );
  readonly #warned = new Set<string>();
  /** The names of functions whose layers the program pins, and templates of such names. */
  readonly pinned = new Set<string>();

  /** @throws LayersError the config is not valid, or there is no such entry */
  async getLayerVersionArn(
    { name, region, configFile }: LayerVersionArnArgs,
    around: Surroundings,
  ): Promise<ArnResult> {
    const config = load(configFile, around);
    const { declared, settings } = config;
    const entry = declared.layers.find(({ key }) => key === name);
    if (!entry) throw new LayersError("usage", noSuchEntry(declared, name, declared.layers));
    const varies = variesWithFunctions(entry);
    if (!varies && entry.arn !== undefined) return { arn: `${entry.arn}:${entry.version}` };
    const place = await placeIn(settings, { ...around.config, region: region ?? regionFor(around, config) });
    const example = {
      ...place,
      name: varies ? `${name}-${declared.stack}` : nameInAws(entry, declared.stack),
      version: 1,
    };
    // As for a layer that is replaced by the declared one.
    const asReplaced = varies ? { isReplaced: true as const } : {};
    const match = { declared: entry, rule: "name and stack" as const, stack: declared.stack, ...asReplaced };
    const target = targetForMost(match, example, place);
    if (isTarget(target)) return { arn: targetArnOf(example, target) };
    throw new LayersError("usage", `The ARN of "${name}" is unknown (${declaredAt(entry)}): ${target.why}.`, {
      next: "Give the function one of the layers instead, and let `pinLayer` replace it with the right one.",
    });
  }

  /**
   * @param warn called with what could not be checked
   * @throws LayersError the config is not valid, or declares a version that does not exist
   */
  async pinLayer(args: PinLayerArgs, around: Surroundings, warn: (line: string) => void): Promise<ArnResult> {
    const { layerArn: given, functionName, configFile } = args;
    if (functionName !== undefined) this.pinned.add(functionName);
    const layer = parseLayerVersionArn(given);
    if (!layer) return { arn: given };
    const { declared, settings } = load(configFile, around);
    const match = createMatcher(declared)(layer);
    if (!match) return { arn: given };
    const entry = match.declared;
    const asksAccount = factsNeeded(entry).has("account");
    const target = targetFor(match, layer, {
      name: functionName !== undefined && isTemplate(functionName) ? undefined : functionName,
      region: args.region ?? layer.region,
      account: asksAccount ? await this.#lookup.account(layer.region, around.config) : undefined,
      runtime: args.runtime,
      architectures: args.architecture === undefined ? [] : [args.architecture],
    });
    const who = functionName === undefined ? "" : `Function ${functionName}: `;
    if (!isTarget(target)) {
      this.#warnOnce(warn, `${who}layer ${layer.name} is not pinned (${declaredAt(entry)}): ${target.why}.`);
      return { arn: given };
    }
    const arn = isAsDeclared(layer.version, target) ? given : targetArnOf(layer, target);
    if (!settings.validateLayerExists) return { arn };
    const declares = `${declaredAt(entry)} declares for stack ${declared.stack}`;
    const answer = await this.#lookup.exists(arn, around.config);
    if (answer.is === "missing")
      throw new LayersError("layer-version-missing", `${who}Layer version does not exist: ${arn}, which ${declares}.`, {
        next: missingAdvice(parseLayerVersionArn(arn) ?? layer, await this.#lookup.newestVersion(arn, around.config)),
      });
    if (answer.is === "unchecked")
      this.#warnOnce(warn, `Could not check that ${arn}, which ${declares}, exists: ${answer.why}`);
    return { arn };
  }

  #warnOnce(warn: (line: string) => void, line: string): void {
    if (this.#warned.has(line)) return;
    this.#warned.add(line);
    warn(line);
  }

  /** @throws LayersError the config is not valid */
  getDeclaredLayers({ configFile }: DeclaredLayersArgs, around: Surroundings): DeclaredLayersResult {
    const { declared, settings } = load(configFile, around);
    const entries = declared.layers.map(
      ({ key, version, enforce, arn, names, description }): [string, DeclaredLayer] => [
        key,
        { version, enforce, arn, names, description },
      ],
    );
    return { layers: Object.fromEntries(entries), resourceTypes: settings.resourceTypes };
  }
}

/** The partition, region and account of the layers that the credentials own. */
async function placeIn({ accountId }: LayerSettings, who: ProviderConfig) {
  const { region } = who;
  if (accountId && region) return { partition: partitionOf(region), region, account: accountId };
  const session = await connectAws(who);
  try {
    const { partition, account } = await session.callerIdentity();
    return { partition, region: session.region, account: accountId ?? account };
  } finally {
    session.close();
  }
}

function load(configFile: string | undefined, { config, stack }: Surroundings): DeclaredConfig {
  return loadDeclared("a function", { configFile: configFile ?? config.configFile }, stack);
}
