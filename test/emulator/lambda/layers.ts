import { createHash } from "node:crypto";
import type {
  DeleteLayerVersionRequest,
  GetLayerVersionByArnRequest,
  GetLayerVersionRequest,
  GetLayerVersionResponse,
  Layer,
  ListLayerVersionsRequest,
  ListLayerVersionsResponse,
  PublishLayerVersionRequest,
  PublishLayerVersionResponse,
} from "@aws-sdk/client-lambda";
import { type Home, isBuiltIn, type LayerReference, layerArn, requireLayerReference } from "../arns";
import { type Context, recordWrite } from "../context";
import { accessDenied, invalidParameter, notFound, validation } from "../errors";
import { page } from "../pages";
import { entry, type Shelf, type StoredLayerVersion, timestamp } from "../store";

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html#function-configuration-deployment-and-execution */
const MOST_LAYERS = 5;
const LARGEST_PAGE = 50;

export const layerOperations = {
  PublishLayerVersion(input: PublishLayerVersionRequest, at: Context): PublishLayerVersionResponse {
    const { name } = requireLayerReference(input.LayerName, at);
    const zip = Buffer.from(String(input.Content?.ZipFile ?? ""), "base64");
    const { data } = publishLayer(at.shelf, at, name, input, zip);
    recordWrite(at, "PublishLayerVersion", name, undefined, data);
    return data;
  },

  GetLayerVersion(input: GetLayerVersionRequest, at: Context): GetLayerVersionResponse {
    const version = Number(input.VersionNumber);
    if (version < 1) throw invalidParameter("Layer Version Cannot be less than 1");
    return readable(requireLayerReference(input.LayerName, at), version, at).data;
  },

  GetLayerVersionByArn(input: GetLayerVersionByArnRequest, at: Context): GetLayerVersionResponse {
    const reference = requireLayerReference(input.Arn, at);
    if (reference.version === undefined) {
      throw validation(input.Arn, "arn", "Member must satisfy regular expression pattern of a layer version ARN");
    }
    return readable(reference, reference.version, at).data;
  },

  ListLayerVersions(input: ListLayerVersionsRequest, at: Context): ListLayerVersionsResponse {
    const reference = requireLayerReference(input.LayerName, at);
    if (reference.account !== at.account) {
      // Sharing a layer grants GetLayerVersion only.
      const arn = layerArn(reference.account, reference.region, reference.name);
      throw accessDenied(at.caller.arn, "lambda:ListLayerVersions", arn, "resource-based");
    }
    const { CompatibleRuntime: runtime, CompatibleArchitecture: architecture } = input;
    const newestFirst = (at.shelf.layers.get(reference.name)?.versions ?? [])
      .filter(
        ({ deleted, data }) =>
          !deleted &&
          (!runtime || data.CompatibleRuntimes?.includes(runtime)) &&
          (!architecture || data.CompatibleArchitectures?.includes(architecture)),
      )
      .reverse();
    const wanted = { marker: input.Marker, size: input.MaxItems };
    const { items, next } = page(newestFirst, ({ data }) => -data.Version, wanted, LARGEST_PAGE);
    return {
      LayerVersions: items.map(({ data: { Content, LayerArn, ...summary } }) => summary),
      NextMarker: next,
    };
  },

  DeleteLayerVersion(input: DeleteLayerVersionRequest, at: Context): undefined {
    const { name } = requireLayerReference(input.LayerName, at);
    // Deleting what does not exist succeeds, as in AWS.
    const found = at.shelf.layerVersion(name, Number(input.VersionNumber));
    if (!found) return;
    found.deleted = true;
    recordWrite(at, "DeleteLayerVersion", name, found.data, undefined);
  },
};

/** Adds a layer's next version. Content is measured and discarded, which keeps memory flat. */
export function publishLayer(
  shelf: Shelf,
  owner: Home,
  name: string,
  input: Omit<PublishLayerVersionRequest, "Content" | "LayerName">,
  zip: Buffer,
): StoredLayerVersion {
  const layer = entry(shelf.layers, name, () => ({ versions: [], sharedWith: [] as string[] }));
  const number = layer.versions.length + 1;
  const arn = layerArn(owner.account, owner.region, name);
  const version: StoredLayerVersion = {
    deleted: false,
    data: {
      Content: {
        Location: `https://awslambda-${owner.region}-layers.s3.${owner.region}.amazonaws.com/snapshots/${owner.account}/${name}-${number}`,
        CodeSha256: createHash("sha256").update(zip).digest("base64"),
        CodeSize: zip.length,
      },
      LayerArn: arn,
      LayerVersionArn: `${arn}:${number}`,
      Description: input.Description ?? "",
      CreatedDate: timestamp(),
      Version: number,
      CompatibleRuntimes: input.CompatibleRuntimes,
      CompatibleArchitectures: input.CompatibleArchitectures,
      LicenseInfo: input.LicenseInfo,
    },
  };
  layer.versions.push(version);
  return version;
}

/** A version that the caller may read. The error for a missing one depends on whose layer it is. */
function readable(reference: LayerReference, version: number, at: Context): StoredLayerVersion {
  const shelf = at.store.shelf(reference.account, reference.region);
  const found = shelf.layerVersion(reference.name, version);
  if (reference.account === at.account) {
    if (!found) throw notFound();
    return found;
  }
  const shared = shelf.layers.get(reference.name)?.sharedWith ?? [];
  if (!found || !(shared === "everyone" || shared.includes(at.account))) {
    const arn = `${layerArn(reference.account, reference.region, reference.name)}:${version}`;
    throw accessDenied(at.caller.arn, "lambda:GetLayerVersion", arn, "resource-based");
  }
  return found;
}

/** The layers that a function should get, checked in Lambda's order and with Lambda's messages. */
export function attachLayers(arns: readonly string[], at: Context): Layer[] {
  if (arns.length > MOST_LAYERS) throw invalidParameter("Cannot reference more than 5 layers.");
  const seen = new Map<string, string>();
  return arns.map((arn) => {
    const layer = attachable(arn, at);
    const unversioned = isBuiltIn(arn) ? arn : arn.slice(0, arn.lastIndexOf(":"));
    const other = seen.get(unversioned);
    if (other) {
      throw invalidParameter(
        `Two different versions of the same layer are not allowed to be referenced in the same function. ${other} and ${arn} are versions of the same layer.`,
      );
    }
    seen.set(unversioned, arn);
    return layer;
  });
}

function attachable(arn: string, at: Context): Layer {
  // Lambda's own layers need no permission and exist in every region.
  if (isBuiltIn(arn)) return { Arn: arn };
  if (!/^arn:[a-z-]+:lambda:[a-z0-9-]+:\d{12}:layer:[\w-]+:\d+$/.test(arn)) {
    throw validation(`[${arn}]`, "layers", "Member must satisfy regular expression pattern of a layer version ARN");
  }
  at.permissions.require(at.caller, "lambda:GetLayerVersion", arn);
  const reference = requireLayerReference(arn, at);
  if (reference.account !== at.account) {
    if (reference.region !== at.region) {
      throw accessDenied(at.caller.arn, "lambda:GetLayerVersion", arn, "resource-based");
    }
    const { data } = readable(reference, reference.version ?? 0, at);
    return { Arn: arn, CodeSize: data.Content?.CodeSize };
  }
  if (reference.region !== at.region) {
    throw invalidParameter(
      `Layers are not in the same region as the function. Layers are expected to be in region ${at.region}.`,
    );
  }
  const found = at.shelf.layerVersion(reference.name, reference.version ?? 0);
  if (!found) throw invalidParameter(`Layer version ${arn} does not exist.`);
  return { Arn: arn, CodeSize: found.data.Content?.CodeSize };
}
