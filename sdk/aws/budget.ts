import { interrupted, throwIfInterrupted } from "./interrupt";

interface Waiter {
  readonly go: () => void;
  gone: boolean;
}

// A little below the quota, because the clock that counts is not ours.
const margin = 0.98;
// How many requests may go at once after a pause, in seconds of the rate: far less than a full bucket of AWS's.
const burstSeconds = 1 / 2;
// What a refusal costs, and what a second without one gives back, in parts of the full rate.
const decrease = 0.7;
const recoveryPerSecond = 0.1;
const floor = 0.05;
const refusalsCountedOnceEvery = 1000;

/**
 * A token bucket that gives out permissions to send a request: first come, first served, evenly paced.
 * When AWS refuses a request all the same, someone else uses the same quota: the pace drops by 30 %, and comes back by
 * 10 % of the full rate a second.
 */
export class Budget {
  #full: number;
  #rate: number;
  #tokens: number;
  #countedAt = performance.now();
  #refusedAt = Number.NEGATIVE_INFINITY;
  #waiting: Waiter[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** @param perSecond the quota, in requests a second */
  constructor(perSecond: number) {
    this.#full = perSecond * margin;
    this.#rate = this.#full;
    this.#tokens = this.#capacity;
  }

  /** Changes the quota. The pace follows at once. */
  setQuota(perSecond: number): void {
    this.#count();
    const share = (perSecond * margin) / this.#full;
    this.#full *= share;
    this.#rate *= share;
    this.#tokens *= share;
  }

  /** The pace at present, in requests a second. */
  get rate(): number {
    this.#count();
    return this.#rate;
  }

  /**
   * Resolves when a request may be sent.
   * @throws LayersError `interrupted` if the signal aborts first
   */
  async take(signal?: AbortSignal): Promise<void> {
    throwIfInterrupted(signal);
    await new Promise<void>((resolve, reject) => {
      const leave = () => {
        waiter.gone = true;
        reject(interrupted());
      };
      const waiter: Waiter = {
        gone: false,
        go: () => {
          signal?.removeEventListener("abort", leave);
          resolve();
        },
      };
      signal?.addEventListener("abort", leave, { once: true });
      this.#waiting.push(waiter);
      if (!this.#timer) this.#give();
    });
  }

  /** To be told of each request that AWS refused for its rate. */
  refused(): void {
    this.#count();
    const now = performance.now();
    // The requests of one moment are refused together and say one thing.
    if (now - this.#refusedAt < refusalsCountedOnceEvery) return;
    this.#refusedAt = now;
    this.#rate = Math.max(this.#full * floor, this.#rate * decrease);
    this.#tokens = Math.min(this.#tokens, 0);
  }

  get #capacity(): number {
    return Math.max(1, this.#full * burstSeconds);
  }

  #count(): void {
    const now = performance.now();
    const seconds = (now - this.#countedAt) / 1000;
    this.#countedAt = now;
    this.#tokens = Math.min(this.#capacity, this.#tokens + seconds * this.#rate);
    this.#rate = Math.min(this.#full, this.#rate + seconds * recoveryPerSecond * this.#full);
  }

  #give(): void {
    this.#timer = undefined;
    this.#count();
    let served = 0;
    for (const waiter of this.#waiting) {
      if (!waiter.gone) {
        if (this.#tokens < 1) break;
        this.#tokens -= 1;
        waiter.go();
      }
      served += 1;
    }
    this.#waiting.splice(0, served);
    if (this.#waiting.length === 0) return;
    this.#timer = setTimeout(() => this.#give(), Math.ceil(((1 - this.#tokens) / this.#rate) * 1000));
  }
}
