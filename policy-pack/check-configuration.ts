import type { Policies } from "@pulumi/policy";
import { shownLines } from "../sdk/core/text";
import { configurationProblems, type PackConfiguration } from "./configuration";

// Neither the engine (3.259) nor the policy SDK (1.21) complains about a policy or setting that does not exist: a
// misspelt one silently has no effect. Only the SDK's server receives the whole configuration, so its answer to that
// call is wrapped: an error there ends the run before any resource is checked, whatever the policies' levels. If the
// SDK is another copy than ours, or has changed, nothing is checked.

interface ConfigureCall {
  readonly request: {
    getPolicyconfigMap(): { entries(): Iterable<[string, { getProperties(): Message | undefined }]> };
  };
}

interface Message {
  toJavaScript(): object;
}

type Configure = (call: ConfigureCall, respond: (error: object | null) => void) => void;
type Serve = (
  name: string,
  version: string,
  level: string,
  args: { readonly policies?: Policies },
  ...rest: unknown[]
) => void;

const sdk: { serve: Serve } = require("@pulumi/policy/server");
// gRPC's, as the SDK finds it.
const { Server } = require(require.resolve("@grpc/grpc-js", { paths: [require.resolve("@pulumi/policy/server")] }));

/**
 * Checks the configuration of every pack of this process.
 * @param use receives it if it is valid, also the part of policies that are disabled
 */
export function checkConfigurations(use: (configuration: PackConfiguration) => void): void {
  const { serve } = sdk;
  sdk.serve = (name, version, level, args, ...rest) => {
    const { addService } = Server.prototype;
    Server.prototype.addService = function (service: unknown, methods: { readonly configure: Configure }) {
      addService.call(this, service, { ...methods, configure: checked(methods.configure, args.policies ?? [], use) });
    };
    try {
      serve(name, version, level, args, ...rest);
    } finally {
      Server.prototype.addService = addService;
    }
  };
}

function checked(configure: Configure, policies: Policies, use: (configuration: PackConfiguration) => void): Configure {
  return (call, respond) => {
    const sent = [...call.request.getPolicyconfigMap().entries()];
    const configuration = Object.fromEntries(
      sent.map(([name, settings]) => [name, settings.getProperties()?.toJavaScript() ?? {}]),
    );
    const problems = configurationProblems(configuration, policies);
    if (problems.length === 0) {
      use(configuration);
      return configure(call, respond);
    }
    const details = shownLines(["The policy configuration is not valid. Nothing was checked.", ...problems]);
    respond({ code: invalidArgument, details });
  };
}

/** gRPC's status for a request that would fail again. */
const invalidArgument = 3;
