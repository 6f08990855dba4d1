import type { AwsPort } from "../ports";
import { required } from "./answers";
import type { Caller } from "./caller";
import type { Clients } from "./clients";
import { isNamed } from "./errors";

const missing = Symbol("missing");

/** Creates the reader of one session. Each parameter is read once. */
export function createParameterReader(clients: Clients, caller: Caller): AwsPort["parameter"] {
  const known = new Map<string, string | undefined>();
  return async (name) => {
    if (!known.has(name)) known.set(name, await read(clients, caller, name));
    return known.get(name);
  };
}

async function read(clients: Clients, caller: Caller, name: string): Promise<string | undefined> {
  const request = { service: "ssm", operation: "GetParameter", subject: name } as const;
  const ssm = await clients.ssm();
  const answer = await caller.call(
    request,
    async (options) => required((await ssm.getParameter({ Name: name }, options)).Parameter?.Value, "a value"),
    {
      answer: (error) => (isNamed(error, "ParameterNotFound") ? missing : undefined),
    },
  );
  return answer === missing ? undefined : answer;
}
