import { Budget } from "./budget";
import type { Clients } from "./clients";

/** The services whose quotas can be reached. */
export type LimitedService = "lambda" | "tagging";

/** The request budgets of one account and region. */
export interface Limiter {
  /** The budget that an operation counts against. */
  budget(service: LimitedService, operation: string): Budget;
  /** Sets the requests a second for Lambda's operations; GetFunction's follow in proportion. */
  setRate(perSecond: number): void;
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
 * The limiter that all sessions of this process on the same account and region share.
 * @param owner the account, or what stands for it
 * @param rate a rate that is asked for holds for all from then on
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
