import type { Caller } from "./caller";
import type { Clients } from "./clients";
import type { CallerIdentity } from "./session";

const request = { service: "sts", operation: "GetCallerIdentity" } as const;

/** Asks STS who the credentials belong to, once. */
export function createIdentity(clients: Clients, caller: Caller): () => Promise<CallerIdentity> {
  let known: CallerIdentity | undefined;
  return async () => {
    known ??= await ask(clients, caller);
    return known;
  };
}

async function ask(clients: Clients, caller: Caller): Promise<CallerIdentity> {
  const sts = await clients.sts();
  const { Account = "", Arn = "" } = await caller.call(request, (options) => sts.getCallerIdentity({}, options));
  return { account: Account, arn: Arn, partition: Arn.split(":")[1] ?? "aws" };
}
