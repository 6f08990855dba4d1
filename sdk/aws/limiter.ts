import { Budget } from "./budget";
import type { Clients } from "./clients";

/** The services that this package calls. */
export type Service = "lambda" | "tagging" | "sts";

/** The request budgets of one account and region. */
export interface Limiter {
  /** The budget that an operation counts against; undefined where AWS's quota is out of reach (STS). */
  budget(service: Service, operation: string): Budget | undefined;
}

/** Lambda's quota for all control plane calls but GetFunction, in requests a second: "Lambda quotas", API requests. */
export const defaultRate = 15;
// The same page gives GetFunction 100 a second.
const getFunctionShare = 100 / defaultRate;
// "Service Quotas for Resource Groups Tagging API": GetResources, in requests a second. No part of Lambda's quota.
const taggingRate = 15;

// One a process: sessions on the same account and region must not exceed together what each may use alone.
const limiters = new Map<string, Limiter>();

/**
 * The limiter that all sessions of this process on the same account, region and rate share. Where credentials do not
 * tell their account, those of one access key share it.
 */
export async function limiterFor(clients: Clients, rate = defaultRate): Promise<Limiter> {
  const key = [await clients.owner(), clients.region, clients.endpoint, rate].join(" ");
  const known = limiters.get(key);
  if (known) return known;
  const limiter = createLimiter(rate);
  limiters.set(key, limiter);
  return limiter;
}

function createLimiter(rate: number): Limiter {
  const getFunction = new Budget(rate * getFunctionShare);
  const lambda = new Budget(rate);
  const tagging = new Budget(taggingRate);
  return {
    budget(service, operation) {
      if (service === "lambda") return operation === "GetFunction" ? getFunction : lambda;
      return service === "tagging" ? tagging : undefined;
    },
  };
}
