import type { LayerVersionsListItem } from "@aws-sdk/client-lambda";
import type { PublishedVersion } from "../core/live";
import type { AwsPort, LayerVersionsAnswer } from "../ports";
import { required } from "./answers";
import type { Caller } from "./caller";
import type { Clients } from "./clients";
import { isDenied, isNamed } from "./errors";

/** Creates the reader of one session. */
export function createVersionLister(clients: Clients, caller: Caller): AwsPort["listLayerVersions"] {
  return (layerArn, marker) => {
    const request = {
      service: "lambda",
      operation: "ListLayerVersions",
      subject: layerArn,
      resource: layerArn,
    } as const;
    const input = { LayerName: layerArn, Marker: marker };
    return caller.call(
      request,
      async (options) => {
        const { LayerVersions, NextMarker } = await clients.lambda.listLayerVersions(input, options);
        return { versions: required(LayerVersions, "LayerVersions").flatMap(published), next: NextMarker };
      },
      { answer: answerOf },
    );
  };
}

function answerOf(error: unknown): LayerVersionsAnswer | undefined {
  if (isNamed(error, "ResourceNotFoundException")) return { versions: [], next: undefined };
  return isDenied(error, "lambda:ListLayerVersions") ? "denied" : undefined;
}

function published(item: LayerVersionsListItem): PublishedVersion[] {
  const { LayerVersionArn: arn, Version: version, CompatibleRuntimes, CompatibleArchitectures, CreatedDate } = item;
  if (!arn || !version) return [];
  return [
    {
      arn,
      version,
      compatibleRuntimes: CompatibleRuntimes ?? [],
      compatibleArchitectures: CompatibleArchitectures ?? [],
      published: dateOf(CreatedDate),
    },
  ];
}

/** Lambda writes `2018-11-27T15:10:45.123+0000`: ISO 8601, except for the missing colon in the time zone. */
export function dateOf(text: string | undefined): Date | undefined {
  const date = new Date(text?.replace(/([+-]\d\d)(\d\d)$/, "$1:$2") ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
