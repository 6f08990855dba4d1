import { interrupted, throwIfInterrupted } from "./interrupt";

interface Waiter {
  readonly go: () => void;
  gone: boolean;
}

// A little below the quota, because it is AWS's clock that counts.
const margin = 0.98;
// How many requests may be sent at once after a pause, in seconds of the rate: far fewer than AWS's own bucket allows.
const burstSeconds = 1 / 2;
// How far a refusal lowers the pace, and how far a second without one raises it, as a fraction of the full rate.
const decrease = 0.7;
const recoveryPerSecond = 0.1;
const floor = 0.05;
const refusalsCountedOnceEvery = 1000;

/**
 * A token bucket that permits requests: first come, first served, evenly paced. If AWS throttles a request anyway,
 * someone else is using the same quota: the pace drops by 30 % and recovers by 10 % of the full rate a second.
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

  /** Changes the quota. It takes effect immediately. */
  setQuota(perSecond: number): void {
    this.#count();
    const share = (perSecond * margin) / this.#full;
    this.#full *= share;
    this.#rate *= share;
    this.#tokens *= share;
  }

  /** The current pace, in requests a second. */
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

  /** Called for each request that AWS throttled. */
  refused(): void {
    this.#count();
    const now = performance.now();
    // Requests sent at the same moment are throttled together, and count as one refusal.
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
