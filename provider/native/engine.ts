import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb.js";
import { ResourceStatusClient } from "@pulumi/pulumi/proto/resource_status_grpc_pb.js";
import * as status from "@pulumi/pulumi/proto/resource_status_pb.js";
import { cleanLines } from "../host/say";
import { viewToken } from "./interface";
import { toStruct } from "./values";
import type { ViewStep } from "./views";

/** Messages between Pulumi's own processes may be of any size. */
export const channelOptions = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };

/** Where the entries of a resource are published. */
export interface StatusTarget {
  readonly address: string;
  readonly token: string;
}

/** What the plugin reports to the engine besides its answers. */
export interface Engine {
  /** Shows lines at a resource; with "Warning: " before them, as a warning. In the order of the calls. */
  log(lines: string, urn: string): void;
  /** Resolves once all lines have arrived: lines after an answer may never be shown. */
  flushed(): Promise<void>;
  publish(target: StatusTarget, urn: string, steps: readonly ViewStep[]): Promise<void>;
}

/** @param address where the engine listens; undefined if the plugin runs by itself */
export function connectEngine(address: string | undefined): Engine {
  const client =
    address === undefined ? undefined : new EngineClient(address, grpc.credentials.createInsecure(), channelOptions);
  const clients = new Map<string, ResourceStatusClient>();
  let sent: Promise<unknown> = Promise.resolve();
  return {
    log(lines, urn) {
      const warning = /^Warning: /.exec(lines);
      const request = new LogRequest()
        .setSeverity(warning ? LogSeverity.WARNING : LogSeverity.INFO)
        .setMessage(cleanLines(warning ? lines.slice(warning[0].length) : lines))
        .setUrn(urn);
      // A lost line is no reason to stop halfway.
      sent = sent.then(
        () => new Promise<void>((resolve) => (client ? client.log(request, () => resolve()) : resolve())),
      );
    },
    async flushed() {
      await sent;
    },
    async publish({ address: at, token }, urn, steps) {
      if (steps.length === 0) return;
      const to = clients.get(at) ?? new ResourceStatusClient(at, grpc.credentials.createInsecure(), channelOptions);
      clients.set(at, to);
      const [parentType = "", parentName = ""] = urn.split("::").slice(2);
      const request = new status.PublishViewStepsRequest().setToken(token);
      request.setStepsList(steps.map((step) => toMessage(step, parentType, parentName)));
      await new Promise<void>((resolve, reject) => {
        to.publishViewSteps(request, (error) => (error ? reject(error) : resolve()));
      });
    },
  };
}

const { Op, Status } = status.ViewStep;
const ops = { create: Op.CREATE, read: Op.READ, same: Op.SAME, update: Op.UPDATE, delete: Op.DELETE } as const;

function toMessage(step: ViewStep, parentType: string, parentName: string): status.ViewStep {
  const state = (layers: ViewStep["old"]) => {
    if (layers === undefined) return undefined;
    const struct = toStruct({ layers });
    return new status.ViewStepState()
      .setType(viewToken)
      .setName(step.name)
      .setParentType(parentType)
      .setParentName(parentName)
      .setInputs(struct)
      .setOutputs(struct);
  };
  return new status.ViewStep()
    .setOp(ops[step.op])
    .setStatus(step.error === undefined ? Status.OK : Status.PARTIAL_FAILURE)
    .setError(step.error ?? "")
    .setType(viewToken)
    .setName(step.name)
    .setOld(state(step.old))
    .setNew(state(step.new))
    .setDiffsList(step.op === "update" ? ["layers"] : []);
}
