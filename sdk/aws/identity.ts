import type { CallerIdentity } from "../ports";
import { required } from "./answers";
import type { Caller } from "./caller";
import type { Clients } from "./clients";

const request = { service: "sts", operation: "GetCallerIdentity" } as const;

/** The identity behind a session's credentials. */
export interface Identity {
  /** Asks STS, once. */
  ask(): Promise<CallerIdentity>;
  /** The account if known without a request; otherwise the access key, which belongs to one account. */
  owner(): Promise<string>;
}

/** Creates the identity of one session. */
export function createIdentity(clients: Clients, caller: Caller): Identity {
  let known: CallerIdentity | undefined;
  let asked: Promise<CallerIdentity> | undefined;
  return {
    async ask() {
      asked ??= getCallerIdentity(clients, caller);
      try {
        known = await asked;
        return known;
      } catch (error) {
        // Failures are not cached.
        asked = undefined;
        throw error;
      }
    },
    async owner() {
      return known?.account ?? (await clients.owner());
    },
  };
}

async function getCallerIdentity(clients: Clients, caller: Caller): Promise<CallerIdentity> {
  const sts = await clients.sts();
  return caller.call(request, async (options) => {
    const { Account, Arn } = await sts.getCallerIdentity({}, options);
    const arn = required(Arn, "an ARN");
    return { account: required(Account, "an account"), arn, partition: arn.split(":")[1] ?? "aws" };
  });
}
