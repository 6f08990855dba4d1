import { LayersError } from "../core/errors";
import type { AwsPort } from "../ports";
import { createAliasMethods } from "./aliases";
import { Caller } from "./caller";
import { connectClients } from "./clients";
import { createFunctionReader } from "./functions";
import { createIdentity } from "./identity";
import { anySignal } from "./interrupt";
import { createVersionLister } from "./layer-versions";
import { createLayerReader } from "./layers";
import { limiterFor } from "./limiter";
import { createParameterReader } from "./parameters";
import { createPermissionCheck } from "./permissions";
import { createReconciler } from "./reconcile";
import type { AwsOptions, AwsTarget } from "./types";

export type { AwsCall, AwsOptions, AwsTarget } from "./types";

/**
 * Opens a session. Sends nothing: credentials are resolved at the first request.
 * @throws LayersError `usage` if no region is set, or the rate is not above 0
 */
export async function connectAws(target: AwsTarget, options: AwsOptions = {}): Promise<AwsPort> {
  if (options.rate !== undefined && !(options.rate > 0))
    throw new LayersError("usage", `The rate must be a number of requests per second above 0, not ${options.rate}.`);
  const clients = await connectClients(target);
  const caller: Caller = new Caller({
    limiter: async () => limiterFor(await identity.owner(), clients, options.rate),
    where: { region: clients.region, profile: target.profile },
    signal: anySignal([options.signal]),
    onCall: options.onCall,
  });
  const identity = createIdentity(clients, caller);
  const functions = createFunctionReader(clients, caller);
  return {
    region: clients.region,
    callerIdentity: identity.ask,
    listFunctions: functions.list,
    busyFunctions: functions.busy,
    ...createAliasMethods(clients, caller, functions.read),
    checkPermissions: createPermissionCheck(clients, caller, identity.ask, options.unanswered),
    layerVersion: createLayerReader(clients, caller),
    listLayerVersions: createVersionLister(clients, caller),
    parameter: createParameterReader(clients, caller),
    reconcile: createReconciler(clients, caller, functions.read, options),
    close: clients.close,
  };
}
