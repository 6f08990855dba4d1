import * as pulumi from "@pulumi/pulumi";
import type { DeclaredLayers } from "../sdk/core/config/declared";
import { requireCredentials } from "./program/aws-inputs";
import { arnIn, findLayer } from "./program/layer-arn";
import { refuseImport, refuseProvider, requireInstalled, withoutVoidOptions } from "./program/options";
import { readOwnStack } from "./program/own-stack";
import { watchFunctions } from "./program/pinned-functions";
import { declare, loadProgramConfig, type PinLayersArgs, type ProgramConfig } from "./program/program";
import { configuredRegion } from "./program/regions";
import { programRegistry, type Registry } from "./program/registry";
import { withoutValue } from "./program/required";
import type { FunctionsArgs } from "./program/selecting";
import type { Request, Versions } from "./resource/record";
import { shim } from "./shim";

const resourceType = "pulumi-nodejs:dynamic/lambda-layers:LayerVersions";

/** The arguments of {@link LayerVersions}. */
export interface LayerVersionsArgs extends PinLayersArgs {
  /** Functions owned elsewhere (another stack, the console, a pipeline) that this resource reconciles. Default: none. */
  functions?: FunctionsArgs;
  /**
   * The region of these functions. If given, only layers of this region are pinned. Default: the region of the parent's
   * AWS provider, the stack's `aws:region`, the config's `settings.aws_region`, AWS_REGION or AWS_DEFAULT_REGION; and
   * layers of all regions are pinned.
   */
  region?: pulumi.Input<string>;
  /**
   * A profile of the shared AWS config files. Default: that of the parent's provider, the stack's `aws:profile`,
   * otherwise the AWS SDK's own chain.
   */
  profile?: pulumi.Input<string>;
  /** A role to assume for all calls. */
  roleArn?: pulumi.Input<string>;
  /** `keep` (default) leaves the layers as they are; `restore` restores the versions found before the first change. */
  onDelete?: "keep" | "restore";
}

/**
 * The layer versions that a config file declares, as a resource. Pins the functions of this program, and reconciles
 * those named by `functions`. Declare it before the functions: only later ones can be pinned.
 */
export class LayerVersions extends pulumi.dynamic.Resource {
  /** Live versions of the functions named by `functions`: function to layer to version. */
  declare readonly functions: pulumi.Output<Versions>;
  readonly #program: ProgramConfig;
  readonly #registry: Registry;

  /**
   * @throws pulumi.RunError the config file is missing or not valid, with all its problems; another resource declares
   * something else about a layer; the options contain a provider, or a resource to import
   */
  constructor(name: string, args: LayerVersionsArgs = {}, opts: pulumi.CustomResourceOptions = {}) {
    const by = `LayerVersions "${name}"`;
    refuseProvider(by, opts);
    refuseImport(by, opts);
    requireInstalled();
    const program = loadProgramConfig(by, args, opts.parent);
    const registry = programRegistry();
    const urn = pulumi.createUrn(name, resourceType, opts.parent);
    const self: { resource?: pulumi.Resource } = {};
    const ownLayers = () => registry.publishedLayers(program.declaration, () => self.resource);
    const own = { ownLayers, urn, registry, self: () => self.resource };
    const request = makeRequest(program, own, args);
    declare(program);
    const { configFile, declaration } = program;
    const { unusable: _, ...known } = declaration.aws;
    const aws = args.functions ? requireCredentials(by, declaration.aws, opts.parent) : known;
    const outputs = { functions: undefined, before: undefined };
    super(
      shim,
      name,
      { configFile, ...aws, onDelete: args.onDelete, request, ...outputs },
      withoutVoidOptions(by, opts),
      "lambda-layers",
      "LayerVersions",
    );
    self.resource = this;
    this.#program = program;
    this.#registry = registry;
  }

  /** The declarations for this stack, without entries whose values are outputs; `arn` has those. */
  get declared(): DeclaredLayers {
    return this.#program.declared;
  }

  /**
   * The full layer version ARN of a declared layer, known at preview: the entry's `arn`, else its first exact name, else
   * `{name}-{stack}`, in the account of the settings or else of the credentials. As an element of a function's `layers`
   * it is that of the function's own region, if the program says which.
   * @param options.region default: that of this resource
   * @param options.runtime of the function, such as `python3.12`, if the entry differs by runtime
   * @param options.architecture of the function, `x86_64` or `arm64`, if the entry differs by architecture
   * @throws pulumi.RunError no such layer is declared, Lambda cannot have a layer of its name, or the entry differs by
   * what is not given
   */
  arn(
    key: string,
    {
      region,
      runtime,
      architecture,
    }: {
      region?: pulumi.Input<string>;
      runtime?: pulumi.Input<string>;
      architecture?: pulumi.Input<string>;
    } = {},
  ): pulumi.Output<string> {
    const layer = findLayer(this.#program, key);
    const { own } = this.#registry;
    const issuedFor = (where: pulumi.Input<string | undefined>) =>
      arnIn(this.#program, layer, { region: where, runtime, architecture }, own);
    const its = configuredRegion(region);
    const issued = issuedFor(its);
    if (its === undefined) this.#registry.issue(issued, issuedFor);
    return issued;
  }
}

/**
 * The input of `check`, none of which is recorded. Many outputs rather than one, so that in a preview known values
 * arrive even if others are unknown.
 */
function makeRequest(
  { settings, declared, declaration }: ProgramConfig,
  own: {
    readonly ownLayers: () => Promise<string[]>;
    readonly urn: pulumi.Output<string>;
    readonly registry: Registry;
    readonly self: () => pulumi.Resource | undefined;
  },
  args: LayerVersionsArgs,
): pulumi.Inputs {
  const { functions } = args;
  const watch = functions && watchFunctions(declaration.types);
  const request: { [K in keyof Request]: pulumi.Input<unknown> } = {
    dryRun: pulumi.runtime.isDryRun(),
    declared: { ...declared, layers: functions ? declaration.layers : [] },
    accountId: settings.accountId,
    validateLayerExists: settings.validateLayerExists,
    selection: functions ?? {},
    withoutValue: withoutValue(args),
    pinned: watch?.settled(own.self, own.registry) ?? { names: [], autoNamed: [] },
    pinnedBehindNames: watch?.namesBehind(functions?.names) ?? [],
    ownLayers: functions ? own.ownLayers() : [],
    stack: functions && readOwnStack(declaration.types, own.urn).then((records) => JSON.stringify(records)),
  };
  return request;
}
