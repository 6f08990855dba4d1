import type { Write } from "./context";
import { entry } from "./store";
import type { Budget } from "./throttle";

export interface OperationStats {
  /** All calls received, including refused ones. */
  calls: number;
  /** Refused for lack of a token. */
  throttled: number;
  /** Struck by an ordered fault. */
  faulted: number;
  /** Answered with an error of any kind. */
  errors: number;
}

export interface Stats {
  operations: Record<string, OperationStats>;
  /** Calls by access key. */
  accessKeys: Record<string, number>;
  /** Highest number of calls received within any one second, by "account/region/budget". */
  peaks: Record<string, number>;
}

interface Counted {
  operation: string;
  resource?: string;
  region: string;
  caller: { account: string; accessKeyId: string };
}

/** Counts calls. Its size depends on the number of operations and resources, not on the number of calls. */
export class Calls {
  readonly #operations = new Map<string, OperationStats>();
  readonly #resources = new Map<string, Map<string, number>>();
  readonly #accessKeys = new Map<string, number>();
  readonly #peaks = new Map<string, Peak>();

  received(call: Counted, budget: Budget | undefined, now: number): void {
    this.#of(call.operation).calls += 1;
    increment(this.#accessKeys, call.caller.accessKeyId);
    if (call.resource !== undefined) {
      increment(
        entry(this.#resources, call.resource, () => new Map()),
        call.operation,
      );
    }
    if (budget) {
      entry(this.#peaks, `${call.caller.account}/${call.region}/${budget}`, () => new Peak()).add(now);
    }
  }

  mark(operation: string, what: Exclude<keyof OperationStats, "calls">): void {
    this.#of(operation)[what] += 1;
  }

  /** Calls by operation; only those about one function, layer, role or parameter if one is named. */
  counts(resource?: string): Record<string, number> {
    if (resource !== undefined) return Object.fromEntries(this.#resources.get(resource) ?? []);
    return Object.fromEntries([...this.#operations].map(([operation, stats]) => [operation, stats.calls]));
  }

  stats(): Stats {
    return {
      operations: Object.fromEntries([...this.#operations].map(([name, stats]) => [name, { ...stats }])),
      accessKeys: Object.fromEntries(this.#accessKeys),
      peaks: Object.fromEntries([...this.#peaks].map(([name, peak]) => [name, peak.highest])),
    };
  }

  reset(): void {
    for (const map of [this.#operations, this.#resources, this.#accessKeys, this.#peaks]) map.clear();
  }

  #of(operation: string): OperationStats {
    return entry(this.#operations, operation, () => ({ calls: 0, throttled: 0, faulted: 0, errors: 0 }));
  }
}

function increment(map: Map<string, number>, key: string): void {
  map.set(key, (map.get(key) ?? 0) + 1);
}

/** The highest number of events in any window of one second. Keeps only the last second's times. */
export class Peak {
  highest = 0;
  #times: number[] = [];
  #oldest = 0;

  /** `now` in milliseconds, never before the previous one. */
  add(now: number): void {
    this.#times.push(now);
    while ((this.#times[this.#oldest] ?? now) <= now - 1000) this.#oldest += 1;
    if (this.#oldest > 1024 && this.#oldest * 2 > this.#times.length) {
      this.#times = this.#times.slice(this.#oldest);
      this.#oldest = 0;
    }
    this.highest = Math.max(this.highest, this.#times.length - this.#oldest);
  }
}

/** The newest writes, up to a limit that keeps the memory of a long run flat. */
export class WriteLog {
  #writes: Write[] = [];

  constructor(
    private readonly now: () => number,
    private readonly bound = 20_000,
  ) {}

  add(write: Omit<Write, "at">): void {
    this.#writes.push({ at: this.now(), ...write });
    if (this.#writes.length > this.bound * 1.25) this.#writes = this.#writes.slice(-this.bound);
  }

  list(): Write[] {
    return this.#writes.slice(-this.bound);
  }

  reset(): void {
    this.#writes = [];
  }
}
