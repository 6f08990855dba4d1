import * as pulumi from "@pulumi/pulumi";
import { connectAws } from "../sdk/aws/session";
import { layerArn, parseLayerVersionArn } from "../sdk/core/arn";
import type { DeclaredLayers } from "../sdk/core/config/declared";
import type { LayerConfig } from "../sdk/core/config/parse";
import { LayersError } from "../sdk/core/errors";
import type { AwsPort } from "../sdk/ports";

/** Which account and region a program means. */
export interface AwsInputs {
  readonly region?: pulumi.Input<string>;
  readonly profile?: pulumi.Input<string>;
  readonly roleArn?: pulumi.Input<string>;
}

/** The arguments, with what they leave open from the stack's configuration, the config file and the environment. */
export function resolveAwsInputs(args: AwsInputs, config: LayerConfig): AwsInputs {
  const stack = new pulumi.Config("aws");
  const environment = process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || undefined;
  return {
    region: args.region ?? stack.get("region") ?? config.settings.region ?? environment,
    profile: args.profile ?? stack.get("profile"),
    roleArn: args.roleArn,
  };
}

/**
 * A check that a layer version exists, for the pins of a program. Asks once a version. Where AWS cannot be asked the
 * program is warned and goes on: its own provider may well have other credentials.
 */
export function verifyLayerVersions(
  declared: DeclaredLayers,
  inputs: AwsInputs,
): (layerVersionArn: string) => Promise<void> {
  const sessions = new Map<string, Promise<AwsPort>>();
  const answers = new Map<string, Promise<void>>();

  const ask = async (arn: string): Promise<void> => {
    const region = parseLayerVersionArn(arn)?.region ?? "";
    const session = sessions.get(region) ?? connect(inputs, region);
    sessions.set(region, session);
    const unchecked = (why: string) => void pulumi.log.warn(`Could not check that ${arn} exists: ${why}`);
    try {
      const answer = await (await session).layerVersion(arn);
      if (answer === "denied")
        return unchecked(
          "GetLayerVersion is denied, which is also how a missing version of another account's layer reads.",
        );
      if (answer !== "missing") return;
    } catch (error) {
      if (!(error instanceof LayersError)) throw error;
      return unchecked(error.describe());
    }
    const message = `Layer version does not exist: ${arn}, which ${declared.file} declares for stack ${declared.stack}. ${await adviceFor(await session, arn)}`;
    // A preview with a logged error fails, and shows the rest of the plan. An update must not get any further.
    await pulumi.log.error(message);
    if (!pulumi.runtime.isDryRun()) throw new pulumi.RunError(message);
  };
  return (arn) => {
    const answer = answers.get(arn) ?? ask(arn);
    answers.set(arn, answer);
    return answer;
  };
}

/** What can be done about a version that does not exist: a number that was deleted is never published again. */
async function adviceFor(aws: AwsPort, arn: string): Promise<string> {
  const layer = parseLayerVersionArn(arn);
  const page = layer && (await aws.listLayerVersions(layerArn(layer)).catch(orUnknown));
  const newest = page === undefined || page === "denied" ? undefined : page.versions[0]?.version;
  if (layer === undefined || newest === undefined)
    return "Declare a version that exists; a number that was deleted is never published again.";
  if (layer.version > newest)
    return `The newest version is ${newest}: publish this one first, or declare a version that exists.`;
  return "It was deleted, and a number is never published again: declare a version that exists.";
}

function orUnknown(error: unknown): undefined {
  if (!(error instanceof LayersError)) throw error;
}

async function connect({ profile, roleArn }: AwsInputs, region: string): Promise<AwsPort> {
  const who = await new Promise<{ profile?: string; roleArn?: string }>((done) => {
    pulumi.output({ profile, roleArn }).apply((known) => done(known));
  });
  // The layer's own region: a function can only have layers of the region that it is in.
  return connectAws({ ...who, region });
}
