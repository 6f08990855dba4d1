import { type DeclaredLayers, declareFor } from "../sdk/core/config/declared";
import type { LayerConfig } from "../sdk/core/config/parse";
import { functionTypes } from "../sdk/core/function-types";
import { createMatcher, type Matcher } from "../sdk/core/match";
import { declaredTargets, type TargetOf, variesWithFunctions } from "../sdk/core/target";
import { type ConfigSearch, callerDirectory, findConfig, type PolicySettings } from "./config-source";
import type { PackConfiguration } from "./configuration";
import { FunctionView, type ReviewedResource, viewFunction } from "./function-view";
import { remember } from "./remember";

/** The first policy of the pack. Its config applies to the others too, unless they have their own. */
export const leadingPolicy = "layer-version-pinned";

/** A config as it applies to one stack. */
export interface StackLayers {
  readonly declared: DeclaredLayers;
  readonly matcher: Matcher;
  readonly targetOf: TargetOf;
  /** Whether anything differs between functions, so that a function's properties must be known. */
  readonly varies: boolean;
}

/** What a policy works with. */
export interface LookUp {
  readonly search: ConfigSearch;
  /** Function types, each with the property that holds its layers: the built-in ones and those that were registered. */
  readonly types: ReadonlyMap<string, string>;
}

/**
 * What the policies of one pack have in common. A pack's process serves one preview, update or analysis, so a config is
 * read once, and messages about the whole run are reported once.
 */
export class PolicyContext {
  readonly #env: NodeJS.ProcessEnv;
  readonly #searches = new Map<unknown, ConfigSearch>();
  readonly #stacks = new Map<LayerConfig, Map<string, StackLayers>>();
  readonly #types = new Map<ConfigSearch, Map<unknown, ReadonlyMap<string, string>>>();
  readonly #wanted = new Map<string, Pick<FunctionView, "layers" | "unknown">>();
  readonly #said = new Set<string>();
  #shared: PolicySettings = {};

  constructor(env: NodeJS.ProcessEnv = process.env) {
    this.#env = env;
  }

  /** Takes what the leading policy's settings are for all of them, even if it is disabled itself. */
  share({ [leadingPolicy]: settings = {} }: PackConfiguration): void {
    this.#shared = settings;
  }

  /** The config and the function types according to a policy's settings. */
  lookUp(policy: string, settings: PolicySettings): LookUp {
    if (policy === leadingPolicy) this.share({ [policy]: settings });
    const { resourceTypes = this.#shared.resourceTypes } = settings;
    const effective = { ...(namesConfig(settings) ? settings : this.#shared), resourceTypes };
    const search = remember(this.#searches, effective.layers ?? effective.configFile, () =>
      findConfig(effective, this.#env, callerDirectory(this.#env)),
    );
    const types = remember(this.#types, search, () => new Map<unknown, ReadonlyMap<string, string>>());
    return {
      search,
      types: remember(types, effective.resourceTypes, () => {
        const registered = search.found ? search.config.settings.resourceTypes : {};
        return new Map(Object.entries({ ...functionTypes, ...registered, ...effective.resourceTypes }));
      }),
    };
  }

  /** What a config declares for the stack that a resource belongs to. */
  layersOf(config: LayerConfig, urn: string): StackLayers {
    const stacks = remember(this.#stacks, config, () => new Map<string, StackLayers>());
    const stack = stackOf(urn);
    return remember(stacks, stack, () => {
      const declared = declareFor(config, stack);
      const matcher = createMatcher(declared);
      return {
        declared,
        matcher,
        targetOf: declaredTargets(matcher),
        varies: declared.layers.some(variesWithFunctions),
      };
    });
  }

  /**
   * Keeps the layers that a function will have. Stack policies receive outputs, and before an update the AWS provider
   * reports all of a function's layers as unknown if one is; resource policies receive them one by one.
   */
  keepWanted({ urn, layers, unknown }: FunctionView): void {
    this.#wanted.set(urn, { layers, unknown });
  }

  /**
   * A stack policy's function, with the layers that it will have. If no resource policy has seen it, as in a pack
   * without any, these are its outputs.
   * @param property the property of its type that holds the layers
   */
  wantedOf(resource: ReviewedResource, property: string): FunctionView {
    const wanted = this.#wanted.get(resource.urn);
    return wanted ? new FunctionView(resource, wanted.layers, wanted.unknown) : viewFunction(resource, property);
  }

  /** Whether this is the first such message in this run. */
  first(what: string): boolean {
    if (this.#said.has(what)) return false;
    this.#said.add(what);
    return true;
  }

  /**
   * Whether a problem of the whole run has to be reported for this resource. Once is enough, but in an update every
   * resource must be stopped: with `--continue-on-error` the engine goes on to the next.
   */
  firstProblem(problem: string, urn: string): boolean {
    return this.first(this.#env.PULUMI_NODEJS_DRY_RUN === "false" ? `${urn} ${problem}` : problem);
  }
}

/** The stack in a URN: `dev` of `urn:pulumi:dev::shop::aws:lambda/function:Function::f`. */
export function stackOf(urn: string): string {
  return urn.slice("urn:pulumi:".length, urn.indexOf("::"));
}

function namesConfig({ configFile, layers }: PolicySettings): boolean {
  return Boolean(configFile || layers);
}
