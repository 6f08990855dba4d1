// The provider's side of the engine's protocol. `@pulumi/pulumi/provider` is not enough: it has no configuration, no
// detailed diff and no preview of outputs.

import grpc from "@grpc/grpc-js";
import sdk from "@pulumi/aws/package.json" with { type: "json" };
import pluginMessages from "@pulumi/pulumi/proto/plugin_pb.js";
import services from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import statusMessages from "@pulumi/pulumi/proto/status_pb.js";
import anyMessages from "google-protobuf/google/protobuf/any_pb.js";
import emptyMessages from "google-protobuf/google/protobuf/empty_pb.js";
import structMessages, { type Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import * as rpc from "../rpc.mjs";
import type { Checked } from "./check.mts";
import type { Change } from "./diff.mts";
import { InitError, Provider } from "./provider.mts";
import { type Properties, pick } from "./values.mts";

/** The version of the classes that programs use. */
const { version } = sdk;

/** Serves on a free port of this machine, and returns it. */
export async function serve(): Promise<number> {
  const { ResourceProviderService } = services as unknown as { ResourceProviderService: grpc.ServiceDefinition };
  const { port } = await rpc.serve(ResourceProviderService, methods(new Provider()));
  return port;
}

function methods(provider: Provider): grpc.UntypedServiceImplementation {
  return {
    getPluginInfo: answer(() => new pluginMessages.PluginInfo().setVersion(version)),
    getSchema: answer(() => new messages.GetSchemaResponse().setSchema(JSON.stringify({ name: "aws", version }))),
    cancel: answer(() => new emptyMessages.Empty()),

    checkConfig: answer((request: messages.CheckRequest) =>
      checkResponse(provider.checkConfig(read(request.getNews()))),
    ),

    configure: answer((request: messages.ConfigureRequest) => {
      provider.configure(read(request.getArgs()));
      // Secrets and dependencies are left to the engine, as the real provider does.
      return new messages.ConfigureResponse().setSupportspreview(true).setSupportsAutonamingConfiguration(true);
    }),

    check: answer((request: messages.CheckRequest) => {
      const { olds, news } = { olds: read(request.getOlds()), news: read(request.getNews()) };
      return checkResponse(
        provider.check(
          request.getUrn(),
          olds,
          news,
          request.getRandomseed_asU8(),
          request.getAutonaming()?.getProposedName(),
        ),
      );
    }),

    diff: answer((request: messages.DiffRequest) => {
      const { olds, news } = { olds: read(request.getOlds()), news: read(request.getNews()) };
      const found = provider.diff(request.getUrn(), olds, news, request.getIgnorechangesList());
      return diffResponse(found.changes, found.deleteBeforeReplace);
    }),

    create: answer(async (request: messages.CreateRequest) => {
      const inputs = read(request.getProperties());
      const { id, outputs } = await provider.create(request.getUrn(), inputs, request.getPreview());
      return new messages.CreateResponse().setId(id).setProperties(struct(outputs));
    }),

    read: answer(async (request: messages.ReadRequest) => {
      const { outputs, inputs } = { outputs: read(request.getProperties()), inputs: read(request.getInputs()) };
      const found = await provider.read(request.getUrn(), request.getId(), outputs, inputs);
      const response = new messages.ReadResponse();
      if (!found) return response;
      return response.setId(found.id).setProperties(struct(found.outputs)).setInputs(struct(found.inputs));
    }),

    update: answer(async (request: messages.UpdateRequest) => {
      const { olds, news } = { olds: read(request.getOlds()), news: read(request.getNews()) };
      const options = { preview: request.getPreview(), ignored: request.getIgnorechangesList() };
      const outputs = await provider.update(request.getUrn(), request.getId(), olds, news, options);
      return new messages.UpdateResponse().setProperties(struct(outputs));
    }),

    delete: answer(async (request: messages.DeleteRequest) => {
      await provider.delete(request.getUrn(), request.getId(), read(request.getProperties()));
      return new emptyMessages.Empty();
    }),

    invoke: answer(async (request: messages.InvokeRequest) =>
      new messages.InvokeResponse().setReturn(struct(await provider.invoke(request.getTok(), read(request.getArgs())))),
    ),
  };
}

/** A unary method: answers with what `handle` returns, or with the error that it throws. */
function answer<Request>(handle: (request: Request) => unknown): grpc.handleUnaryCall<Request, unknown> {
  return rpc.unary(async (call) => {
    try {
      return await handle(call.request);
    } catch (error) {
      throw error instanceof InitError ? initFailed(error) : error;
    }
  });
}

/** How gRPC transports an error that has more than a message. */
function initFailed(error: InitError): Partial<grpc.ServiceError> {
  const failed = new messages.ErrorResourceInitFailed()
    .setId(error.id)
    .setProperties(struct(error.outputs))
    .setReasonsList([error.message]);
  const any = new anyMessages.Any();
  any.pack(failed.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new statusMessages.Status().setCode(grpc.status.UNKNOWN).setMessage(error.message);
  status.addDetails(any);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return { code: grpc.status.UNKNOWN, details: error.message, metadata };
}

function checkResponse({ inputs, failures }: Checked): messages.CheckResponse {
  const list = failures.map(({ property, reason }) =>
    new messages.CheckFailure().setProperty(property).setReason(reason),
  );
  return new messages.CheckResponse().setInputs(struct(inputs)).setFailuresList(list);
}

function diffResponse(changes: readonly Change[], deleteBeforeReplace: boolean): messages.DiffResponse {
  const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
  const response = new messages.DiffResponse().setChanges(changes.length > 0 ? DIFF_SOME : DIFF_NONE);
  const replaces = changes.filter((change) => change.replaces).map(({ property }) => property);
  response.setDiffsList([...new Set(changes.map(({ property }) => property))]);
  response.setReplacesList([...new Set(replaces)]);
  response.setDeletebeforereplace(deleteBeforeReplace && replaces.length > 0);
  response.setHasdetaileddiff(true);
  for (const change of changes) response.getDetaileddiffMap().set(change.path, propertyDiff(change));
  return response;
}

function propertyDiff({ kind, replaces }: Change): messages.PropertyDiff {
  const { Kind } = messages.PropertyDiff;
  const kinds = {
    add: replaces ? Kind.ADD_REPLACE : Kind.ADD,
    update: replaces ? Kind.UPDATE_REPLACE : Kind.UPDATE,
    delete: replaces ? Kind.DELETE_REPLACE : Kind.DELETE,
  };
  return new messages.PropertyDiff().setKind(kinds[kind]);
}

function read(properties: Struct | undefined): Properties {
  return (properties?.toJavaScript() ?? {}) as Properties;
}

function struct(properties: Properties): Struct {
  return structMessages.Struct.fromJavaScript(pick(properties, () => true) as never);
}
