import { Budget } from "./budget";
import type { Clients } from "./clients";

/** The services whose quotas can be reached. */
export type LimitedService = "lambda" | "tagging";

/** The request budgets of one account and region. */
export interface Limiter {
  /** The budget that an operation counts against. */
  budget(service: LimitedService, operation: string): Budget;
  /** Sets the requests per second for Lambda's operations; the rate of GetFunction changes in proportion. */
  setRate(perSecond: number): void;
}

/**
 * Lambda's quota for all control plane calls except GetFunction, in requests per second: "Lambda quotas", API requests.
 */
export const defaultRate = 15;
// Same page: GetFunction, 100 per second.
const getFunctionShare = 100 / defaultRate;
// "Service Quotas for Resource Groups Tagging API": GetResources, in requests per second. Separate from Lambda's quota.
const taggingRate = 15;

// One per process: together, sessions on the same account and region must not exceed that account's quota.
const limiters = new Map<string, Limiter>();

/**
 * The limiter that all sessions of this process on the same account and region share.
 * @param owner the account, or a stand-in for it
 * @param rate if given, applies to all of these sessions from now on
 */
export function limiterFor(owner: string, { region, endpoint }: Clients, rate: number | undefined): Limiter {
  const key = `${owner} ${region} ${endpoint}`;
  const limiter = limiters.get(key) ?? createLimiter();
  limiters.set(key, limiter);
  if (rate !== undefined) limiter.setRate(rate);
  return limiter;
}

function createLimiter(): Limiter {
  const lambda = new Budget(defaultRate);
  const getFunction = new Budget(defaultRate * getFunctionShare);
  const tagging = new Budget(taggingRate);
  return {
    budget(service, operation) {
      if (service === "tagging") return tagging;
      return operation === "GetFunction" ? getFunction : lambda;
    },
    setRate(rate) {
      lambda.setQuota(rate);
      getFunction.setQuota(rate * getFunctionShare);
    },
  };
}
