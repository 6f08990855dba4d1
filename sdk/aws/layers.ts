import { layerArn, parseLayerVersionArn } from "../core/arn";
import { LayersError } from "../core/errors";
import type { LayerVersionAnswer } from "../ports";
import { required } from "./answers";
import type { Caller } from "./caller";
import type { Clients } from "./clients";
import { isDenied, isNamed } from "./errors";
import { dateOf } from "./layer-versions";

/** Reads each layer version once: concurrent callers share one request, and failures are not cached. */
export function createLayerReader(clients: Clients, caller: Caller): (arn: string) => Promise<LayerVersionAnswer> {
  const answers = new Map<string, Promise<LayerVersionAnswer>>();
  return (arn) => {
    const known = answers.get(arn);
    if (known) return known;
    const answer = read(clients, caller, arn);
    answers.set(arn, answer);
    answer.catch(() => answers.delete(arn));
    return answer;
  };
}

async function read(clients: Clients, caller: Caller, arn: string): Promise<LayerVersionAnswer> {
  const parsed = parseLayerVersionArn(arn);
  if (!parsed) throw new LayersError("usage", `Not a layer version ARN: ${arn}`);
  const request = { service: "lambda", operation: "GetLayerVersion", subject: arn, resource: arn } as const;
  // An ARN as the name also reaches layers of other accounts.
  const input = { LayerName: layerArn(parsed), VersionNumber: parsed.version };
  return caller.call(
    request,
    async (options) => {
      const found = await clients.lambda.getLayerVersion(input, options);
      required(found.LayerVersionArn, "the layer version's ARN");
      return {
        arn,
        compatibleRuntimes: found.CompatibleRuntimes ?? [],
        compatibleArchitectures: found.CompatibleArchitectures ?? [],
        published: dateOf(found.CreatedDate),
      };
    },
    { answer: answerOf },
  );
}

function answerOf(error: unknown): LayerVersionAnswer | undefined {
  if (isNamed(error, "ResourceNotFoundException")) return "missing";
  return isDenied(error, "lambda:GetLayerVersion") ? "denied" : undefined;
}
