import { entry } from "./store";

/** Requests per second that Lambda accepts, for each account and region. */
export interface Limits {
  /** All control-plane calls together except GetFunction: 15 in AWS. */
  rate: number;
  /** GetFunction: 100 in AWS. */
  getFunctionRate: number;
  /** Multiplies both (default 1). */
  scale: number;
  /** Seconds, sent with a refusal as the Retry-After header. */
  retryAfter: number;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html#api-requests */
export const AWS_LIMITS: Readonly<Limits> = { rate: 15, getFunctionRate: 100, scale: 1, retryAfter: 1 };

export type Budget = "control" | "getFunction";

/** Contains one second's worth of tokens and is refilled steadily. */
export class TokenBucket {
  #tokens: number;
  #filledAt: number;

  constructor(
    readonly rate: number,
    now: number,
  ) {
    this.#tokens = rate;
    this.#filledAt = now;
  }

  /** Takes a token if there is one. `now` in milliseconds. */
  take(now: number): boolean {
    this.#tokens = Math.min(this.rate, this.#tokens + ((now - this.#filledAt) / 1000) * this.rate);
    this.#filledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}

/** The buckets of all accounts and regions. */
export class Throttle {
  #limits: Limits | undefined;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(private readonly now: () => number) {}

  /** Absent: no limit. Buckets start full again. */
  set(limits: Limits | undefined): void {
    this.#limits = limits;
    this.#buckets.clear();
  }

  /** Undefined if the call may pass, otherwise the seconds to announce in Retry-After. */
  take(account: string, region: string, budget: Budget): number | undefined {
    const limits = this.#limits;
    if (!limits) return undefined;
    const rate = (budget === "control" ? limits.rate : limits.getFunctionRate) * limits.scale;
    const now = this.now();
    const bucket = entry(this.#buckets, `${account}/${region}/${budget}`, () => new TokenBucket(rate, now));
    return bucket.take(now) ? undefined : limits.retryAfter;
  }
}
