import type { CallerIdentity } from "../ports";
import { required } from "./answers";
import type { Caller } from "./caller";
import type { Clients } from "./clients";

const request = { service: "sts", operation: "GetCallerIdentity" } as const;

/** Who the credentials of a session belong to. */
export interface Identity {
  /** Asks STS, once. */
  ask(): Promise<CallerIdentity>;
  /** The account, as far as is known without asking; otherwise the access key, which belongs to one account. */
  owner(): Promise<string>;
}

/** Makes the identity of one session. */
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
        // Only answers are kept.
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
