// The provider's side of the protocol that the engine speaks. Omitted methods answer UNIMPLEMENTED.

import * as grpc from "@grpc/grpc-js";
import * as plugins from "@pulumi/pulumi/proto/plugin_pb.js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import * as messages from "@pulumi/pulumi/proto/provider_pb.js";
import { Status } from "@pulumi/pulumi/proto/status_pb.js";
import { Any } from "google-protobuf/google/protobuf/any_pb.js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb.js";
import type { InputProblem } from "../resource/problems";
import { type PropertyChange, topOf } from "./diff";
import { channelOptions } from "./engine";
import { type CheckedInputs, type Operation, PartiallyDone } from "./operation";
import type { Plugin } from "./plugin";
import { packageSchema } from "./schema";
import { open, readStruct, toStruct } from "./values";
import type { RecordedView } from "./views";

/** A listening server. */
export interface Serving {
  readonly port: number;
  /** How many calls are running. */
  readonly busy: () => number;
}

/** Serves on a free port of this machine. */
export async function serve(plugin: Plugin): Promise<Serving> {
  let busy = 0;
  const count = (by: number) => {
    busy += by;
  };
  const server = new grpc.Server(channelOptions);
  server.addService(ResourceProviderService as unknown as grpc.ServiceDefinition, methods(plugin, count));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { port, busy: () => busy };
}

function methods(plugin: Plugin, count: (by: number) => void): grpc.UntypedServiceImplementation {
  const { version } = plugin;
  const answer =
    <Request>(handle: (request: Request) => unknown): grpc.handleUnaryCall<Request, unknown> =>
    (call, respond) => {
      count(1);
      Promise.resolve(call.request)
        .then(handle)
        .then(
          (response) => respond(null, response),
          (error) => respond(error instanceof PartiallyDone ? initFailed(error) : plainError(error)),
        )
        .finally(() => count(-1));
    };
  return {
    handshake: answer(() => new messages.ProviderHandshakeResponse().setAcceptSecrets(true)),
    getPluginInfo: answer(() => new plugins.PluginInfo().setVersion(version)),
    getSchema: answer(() => new messages.GetSchemaResponse().setSchema(JSON.stringify(packageSchema(version)))),
    cancel: answer(() => {
      plugin.cancel();
      return new Empty();
    }),

    checkConfig: answer(async (request: messages.CheckRequest) => {
      const [olds, news] = [readStruct(request.getOlds()), readStruct(request.getNews())];
      return checked(await plugin.checkConfig(request.getUrn(), olds, news));
    }),
    // A resource records its own region and account, and decides itself what a different one means.
    diffConfig: answer(() => new messages.DiffResponse().setChanges(messages.DiffResponse.DiffChanges.DIFF_NONE)),
    configure: answer((request: messages.ConfigureRequest) => {
      plugin.configure(request.getUrn() ?? "", readStruct(request.getArgs()));
      return new messages.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true);
    }),

    check: answer(async (request: messages.CheckRequest) =>
      checked(await plugin.check(request.getUrn(), readStruct(request.getOlds()), readStruct(request.getNews()))),
    ),
    diff: answer(async (request: messages.DiffRequest) => {
      const [olds, news] = [readStruct(request.getOlds()), readStruct(request.getNews())];
      return differences(await plugin.diff(request.getUrn(), olds, news, readStruct(request.getOldInputs())));
    }),
    create: answer(async (request: messages.CreateRequest) => {
      const { id, outputs } = await plugin.create(
        operationOf(request, request.getPreview()),
        readStruct(request.getProperties()),
      );
      return new messages.CreateResponse().setId(id).setProperties(toStruct(outputs));
    }),
    update: answer(async (request: messages.UpdateRequest) => {
      const [olds, news] = [readStruct(request.getOlds()), readStruct(request.getNews())];
      const { rowsBelow } = readStruct(request.getOldInputs());
      const operation = {
        ...operationOf(request, request.getPreview(), request.getOldViewsList()),
        ...(typeof rowsBelow === "string" && { viewsBelow: rowsBelow }),
      };
      const outputs = await plugin.update(operation, request.getId(), olds, news);
      return new messages.UpdateResponse().setProperties(toStruct(outputs));
    }),
    read: answer(async (request: messages.ReadRequest) => {
      const [olds, inputs] = [readStruct(request.getProperties()), readStruct(request.getInputs())];
      const found = await plugin.read(operationOf(request, false), request.getId(), olds, inputs);
      if (!found) return new messages.ReadResponse();
      return new messages.ReadResponse()
        .setId(found.id)
        .setProperties(toStruct(found.outputs))
        .setInputs(toStruct(found.inputs));
    }),
    delete: answer(async (request: messages.DeleteRequest) => {
      const operation = operationOf(request, false, request.getOldViewsList());
      await plugin.delete(operation, request.getId(), readStruct(request.getProperties()));
      return new Empty();
    }),

    invoke: answer(async (request: messages.InvokeRequest) => {
      const { result, problems } = await plugin.invoke(request.getTok(), readStruct(request.getArgs()));
      return new messages.InvokeResponse().setReturn(toStruct(result)).setFailuresList(problems.map(failure));
    }),
  };
}

interface StatusRequest {
  getUrn(): string;
  getResourceStatusAddress(): string;
  getResourceStatusToken(): string;
}

function operationOf(request: StatusRequest, preview: boolean, views: readonly messages.View[] = []): Operation {
  const [address, token] = [request.getResourceStatusAddress(), request.getResourceStatusToken()];
  return {
    urn: request.getUrn(),
    preview,
    ...(address !== "" && token !== "" && { status: { address, token } }),
    views: views.map((view): RecordedView => {
      const { layers = {} } = open(readStruct(view.getInputs())).values;
      return { name: view.getName(), layers: layers as RecordedView["layers"] };
    }),
  };
}

function checked({ inputs, problems }: CheckedInputs): messages.CheckResponse {
  return new messages.CheckResponse().setInputs(toStruct(inputs)).setFailuresList(problems.map(failure));
}

function failure({ path, reason }: InputProblem): messages.CheckFailure {
  return new messages.CheckFailure().setProperty(path).setReason(reason);
}

function differences(changes: readonly PropertyChange[] | undefined): messages.DiffResponse {
  const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
  const { Kind } = messages.PropertyDiff;
  const kinds = { add: Kind.ADD, update: Kind.UPDATE, delete: Kind.DELETE };
  const response = new messages.DiffResponse().setChanges(changes ? DIFF_SOME : DIFF_NONE).setHasdetaileddiff(true);
  // `replaceOnChanges` may replace the resource: Pulumi records rows twice if the new ones come before the old ones go.
  response.setDeletebeforereplace(true);
  response.setDiffsList(topOf(changes ?? []));
  for (const { path, kind } of changes ?? [])
    response.getDetaileddiffMap().set(path, new messages.PropertyDiff().setKind(kinds[kind]));
  return response;
}

/** gRPC's form of an error with details. */
function initFailed(error: PartiallyDone): Partial<grpc.ServiceError> {
  const failed = new messages.ErrorResourceInitFailed()
    .setId(error.id)
    .setProperties(toStruct(error.outputs))
    .setReasonsList([...error.reasons]);
  const any = new Any();
  any.pack(failed.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new Status().setCode(grpc.status.UNKNOWN).setMessage(error.message);
  status.addDetails(any);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return { code: grpc.status.UNKNOWN, details: error.message, metadata };
}

function plainError(error: unknown): Partial<grpc.ServiceError> {
  return { code: grpc.status.UNKNOWN, details: error instanceof Error ? error.message : String(error) };
}
