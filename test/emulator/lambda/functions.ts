import type {
  CreateFunctionRequest,
  DeleteFunctionRequest,
  FunctionConfiguration,
  GetFunctionConfigurationRequest,
  GetFunctionRequest,
  GetFunctionResponse,
  ListFunctionsRequest,
  ListFunctionsResponse,
  UpdateFunctionCodeRequest,
  UpdateFunctionConfigurationRequest,
} from "@aws-sdk/client-lambda";
import { ownFunctionReference } from "../arns";
import { type Context, recordWrite } from "../context";
import { conflict, invalidParameter, preconditionFailed, validation } from "../errors";
import { page } from "../pages";
import { type StoredFunction, settled } from "../store";
import { finished, listed, newConfiguration, updatedCode, updatedConfiguration } from "./configuration";
import { attachLayers } from "./layers";
import { type Found, find, findUnqualified, qualified, requireIdle } from "./lookup";
import { publish } from "./versions";

const LARGEST_PAGE = 50;

/** More than the versions of a function; keeps versions of one function together in a listing of all. */
const ORDERS_PER_FUNCTION = 1_000_000;

export const functionOperations = {
  ListFunctions(input: ListFunctionsRequest, at: Context): ListFunctionsResponse {
    const wanted = { marker: input.Marker, size: input.MaxItems };
    const all = listing(at, input.FunctionVersion === "ALL");
    const { items, next } = page(all, ({ order }) => order, wanted, LARGEST_PAGE);
    return { Functions: items.map(({ configuration }) => listed(configuration())), NextMarker: next };
  },

  GetFunction(input: GetFunctionRequest, at: Context): GetFunctionResponse {
    const found = find(input.FunctionName, at, "GetFunction", input.Qualifier);
    const { tags, imageUri, reservedConcurrency } = found.fn;
    return {
      Configuration: qualified(found, at),
      Code: imageUri
        ? { RepositoryType: "ECR", ImageUri: imageUri, ResolvedImageUri: imageUri }
        : {
            RepositoryType: "S3",
            Location: `https://awslambda-${at.region}-tasks.s3.${at.region}.amazonaws.com/${found.name}`,
          },
      ...(Object.keys(tags).length > 0 && { Tags: { ...tags } }),
      ...(reservedConcurrency !== undefined && { Concurrency: { ReservedConcurrentExecutions: reservedConcurrency } }),
    };
  },

  GetFunctionConfiguration(input: GetFunctionConfigurationRequest, at: Context): FunctionConfiguration {
    return qualified(find(input.FunctionName, at, "GetFunctionConfiguration", input.Qualifier), at);
  },

  CreateFunction(input: CreateFunctionRequest, at: Context): FunctionConfiguration {
    const { name } = ownFunctionReference(input.FunctionName ?? "", at, "lambda:CreateFunction");
    if (at.shelf.functions.has(name)) throw conflict(`Function already exist: ${name}`);
    validateNew(input);
    const active = newConfiguration(name, input, attachLayers(input.Layers ?? [], at), at);
    const pending = at.settings.createDelayMs > 0;
    const configuration: FunctionConfiguration = pending
      ? { ...active, State: "Pending", StateReasonCode: "Creating", StateReason: "The function is being created." }
      : active;
    const fn = at.shelf.addFunction(name, {
      configuration,
      pending: pending ? { since: at.now(), delay: "createDelayMs", outcome: active } : undefined,
      tags: { ...input.Tags },
      imageUri: input.Code?.ImageUri,
    });
    recordWrite(at, "CreateFunction", name, undefined, configuration);
    return input.Publish ? published({ fn, name }, at) : configuration;
  },

  UpdateFunctionConfiguration(input: UpdateFunctionConfigurationRequest, at: Context): FunctionConfiguration {
    const found = updatable(input, at, "UpdateFunctionConfiguration");
    const before = found.fn.configuration;
    if (before.PackageType === "Image" && input.Layers?.length) {
      throw invalidParameter("Layers are not supported for functions with package type Image.");
    }
    return begin(
      found,
      updatedConfiguration(before, input, input.Layers && attachLayers(input.Layers, at)),
      at,
      "UpdateFunctionConfiguration",
    );
  },

  UpdateFunctionCode(input: UpdateFunctionCodeRequest, at: Context): FunctionConfiguration {
    const found = updatable(input, at, "UpdateFunctionCode");
    const { PackageType: type } = found.fn.configuration;
    if ((type === "Image") !== (input.ImageUri !== undefined)) {
      throw invalidParameter(
        type === "Image"
          ? "Please provide ImageUri when updating a function with packageType Image."
          : "Please don't provide ImageUri when updating a function with packageType Zip.",
      );
    }
    if (input.DryRun) return found.fn.configuration;
    if (input.ImageUri) found.fn.imageUri = input.ImageUri;
    const updating = begin(found, updatedCode(found.fn.configuration, input), at, "UpdateFunctionCode");
    return input.Publish ? published(found, at) : updating;
  },

  DeleteFunction(input: DeleteFunctionRequest, at: Context): undefined {
    const found = find(input.FunctionName, at, "DeleteFunction", input.Qualifier);
    const before = qualified(found, at);
    if (found.qualifier) {
      if (!/^\d+$/.test(found.qualifier)) throw invalidParameter(`${found.qualifier} cannot be deleted.`);
      found.fn.versions = found.fn.versions.filter(({ Version }) => Version !== found.qualifier);
    } else {
      at.shelf.functions.delete(found.name);
    }
    recordWrite(at, "DeleteFunction", found.name, before, undefined);
  },
};

/** The function to update, if the update may start: it is idle, and of the revision that the caller knows. */
function updatable(input: { FunctionName?: string; RevisionId?: string }, at: Context, operation: string): Found {
  const found = findUnqualified(input.FunctionName, at, operation);
  requireIdle(found);
  if (input.RevisionId !== undefined && input.RevisionId !== found.fn.configuration.RevisionId) {
    throw preconditionFailed();
  }
  return found;
}

function begin({ fn, name }: Found, updating: FunctionConfiguration, at: Context, operation: string) {
  const before = fn.configuration;
  const outcome = finished(before, updating, at.fault?.updateFails);
  fn.pending = { since: at.now(), delay: "updateDelayMs", outcome };
  fn.configuration = updating;
  fn.changedSincePublish = true;
  recordWrite(at, operation, name, before, updating);
  return updating;
}

/** The version published with a creation or an update: returned by its number, not in its ARN. */
function published(found: Found, at: Context): FunctionConfiguration {
  return { ...publish(found, at), FunctionArn: found.fn.configuration.FunctionArn };
}

function validateNew(input: CreateFunctionRequest): void {
  if (!/^arn:[a-z-]+:iam::\d{12}:role\/.+$/.test(input.Role ?? "")) {
    throw validation(input.Role, "role", "Member must satisfy regular expression pattern of a role ARN");
  }
  if (input.PackageType !== "Image") {
    if (input.Runtime && input.Handler) return;
    throw invalidParameter(
      "Runtime and Handler are mandatory parameters for functions created with deployment packages.",
    );
  }
  if (input.Layers?.length || input.Runtime || input.Handler) {
    throw invalidParameter(
      "Please don't provide Handler or Runtime or Layer when the intended function PackageType is Image.",
    );
  }
}

interface Listed {
  order: number;
  configuration(): FunctionConfiguration;
}

/** All functions in the order of their creation, with their published versions if requested. */
function* listing(at: Context, withVersions: boolean): Generator<Listed> {
  for (const fn of at.shelf.functions.values()) {
    const first = fn.order * ORDERS_PER_FUNCTION;
    yield { order: first, configuration: () => latest(fn, at, withVersions) };
    if (!withVersions) continue;
    for (const version of fn.versions) yield { order: first + Number(version.Version), configuration: () => version };
  }
}

/** In a listing of all versions, $LATEST says so in its ARN. */
function latest(fn: StoredFunction, at: Context, qualifyArn: boolean): FunctionConfiguration {
  const configuration = settled(fn, at);
  return qualifyArn ? { ...configuration, FunctionArn: `${configuration.FunctionArn}:$LATEST` } : configuration;
}
