import * as pulumi from "@pulumi/pulumi";
import { connectAws } from "../sdk/aws/session";
import { layerVersionArn, partitionOf } from "../sdk/core/arn";
import type { DeclaredLayer, DeclaredLayers } from "../sdk/core/config/declared";
import { didYouMean } from "../sdk/core/nearest";
import { type AwsInputs, resolveAwsInputs } from "./aws-inputs";
import { PinnedFunctionsWatch } from "./pinned-functions";
import { loadProgramConfig, type PinLayersArgs, type ProgramConfig, pinTo } from "./program";
import type { Request, Versions } from "./record";
import { shim } from "./shim";

/** Which functions, owned elsewhere, a {@link LayerVersions} resource reconciles: those that any of the parts means. */
export interface FunctionsArgs {
  /** Function names or ARNs. One that does not exist (yet) is left out, and the preview says so. */
  names?: pulumi.Input<pulumi.Input<string>[]>;
  /** The beginning of function names. */
  prefix?: pulumi.Input<string>;
  /** Tags that a function must have, all of them. */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/** The arguments of {@link LayerVersions}. */
export interface LayerVersionsArgs extends PinLayersArgs {
  /** Functions owned elsewhere (another stack, the console, a pipeline) that this resource reconciles. Default: none. */
  functions?: FunctionsArgs;
  /** Default: the stack's `aws:region`, the config's `settings.aws_region`, AWS_REGION or AWS_DEFAULT_REGION. */
  region?: pulumi.Input<string>;
  /** A profile of the shared AWS config files. Default: the stack's `aws:profile`, else the AWS SDK's own chain. */
  profile?: pulumi.Input<string>;
  /** A role to assume for all calls. */
  roleArn?: pulumi.Input<string>;
  /** `keep` (default) leaves the layers as they are; `restore` puts back the versions found before the first change. */
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
  readonly #aws: AwsInputs;

  /** @throws pulumi.RunError the config file is missing or not valid, with all its problems */
  constructor(name: string, args: LayerVersionsArgs = {}, opts?: pulumi.CustomResourceOptions) {
    const program = loadProgramConfig(args.configFile);
    const aws = resolveAwsInputs(args, program.config);
    const request = makeRequest(program, args.functions);
    pinTo(program, aws);
    const { configFile } = program;
    const outputs = { functions: undefined, before: undefined };
    super(
      shim,
      name,
      { configFile, ...aws, onDelete: args.onDelete, request, ...outputs },
      opts,
      "lambda-layers",
      "LayerVersions",
    );
    this.#program = program;
    this.#aws = aws;
  }

  /** What the config declares for this stack. */
  get declared(): DeclaredLayers {
    return this.#program.declared;
  }

  /**
   * The full layer version ARN of a declared layer, known at preview: the entry's `arn`, else its first exact name, else
   * `{name}-{stack}`, in the account of the settings or else of the credentials.
   * @throws pulumi.RunError the config declares no such layer
   */
  arn(key: string): pulumi.Output<string> {
    const { declared, config } = this.#program;
    const { arn, names, version } = findDeclared(declared, key);
    if (arn) return pulumi.output(`${arn}:${version}`);
    const name = names?.find((candidate) => !candidate.includes("*")) ?? `${key}-${declared.stack}`;
    return pulumi.output(this.#aws).apply(async (target) => {
      const { accountId } = config.settings;
      if (accountId && target.region) {
        const { region } = target;
        return layerVersionArn({ partition: partitionOf(region), region, account: accountId, name, version });
      }
      const aws = await connectAws(target);
      try {
        const { partition, account } = await aws.callerIdentity();
        return layerVersionArn({ partition, region: aws.region, account: accountId ?? account, name, version });
      } finally {
        aws.close();
      }
    });
  }
}

function findDeclared({ layers, file, stack }: DeclaredLayers, key: string): DeclaredLayer {
  const found = layers.find((layer) => layer.key === key);
  if (found) return found;
  const hint = didYouMean(
    key,
    layers.map((layer) => layer.key),
  );
  throw new pulumi.RunError(`${file} declares no layer "${key}" for stack ${stack}.${hint ? ` ${hint}` : ""}`);
}

/**
 * What `check` needs to compute the plan; it records none of this. Not one output but many: where one value is unknown
 * in a preview, the others still arrive.
 */
function makeRequest({ config, declared, types }: ProgramConfig, functions?: FunctionsArgs): pulumi.Inputs {
  const watch = functions && new PinnedFunctionsWatch(types);
  const request: { [K in keyof Request]: pulumi.Input<unknown> } = {
    dryRun: pulumi.runtime.isDryRun(),
    declared,
    accountId: config.settings.accountId,
    validateLayerExists: config.settings.validateLayerExists,
    selection: functions ?? {},
    pinned: watch?.settled() ?? { names: [], autoNamed: [] },
    pinnedBehindNames: watch?.namesBehind(functions?.names) ?? [],
  };
  return request;
}
