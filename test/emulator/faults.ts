import { ApiError } from "./errors";
import type { PageFault } from "./pages";

/** A fault to order. It strikes calls that match all the given selectors. */
export interface Fault {
  /** The operation's name, for example "GetFunction" (default: any). */
  operation?: string;
  /** Name of the function, layer, role or parameter. */
  resource?: string;
  account?: string;
  region?: string;
  accessKeyId?: string;
  /** How many matching calls are let through first (default 0). */
  skip?: number;
  /** How often it strikes before it is used up (default: without end). */
  times?: number;
  /** Probability that it strikes a matching call, 0 to 1 (default 1), from the emulator's seeded generator. */
  probability?: number;
  /** How long the answer is delayed, in milliseconds; if nothing else is set, the call is then answered normally. */
  delayMs?: number;
  /** HTTP status of the error to answer with instead. */
  status?: number;
  /** Error code (default: the usual one for the status). */
  code?: string;
  message?: string;
  /** Seconds, as the Retry-After header. */
  retryAfter?: number;
  /** What to answer instead, as something between Lambda and the caller would. */
  answer?: {
    status: number;
    body?: string;
    headers?: Record<string, string>;
    /** Milliseconds per byte. */
    dripMs?: number;
  };
  /** What is wrong with the page that a listing answers with. */
  page?: PageFault;
  /** Close the connection instead of answering. */
  drop?: boolean;
  /** Accept an update, which then ends as Failed with this reason and leaves the configuration unchanged. */
  updateFails?: { reason: string; code?: string };
  /** Carry out the call first, then delay, replace or drop its answer (default: it is not carried out). */
  applied?: boolean;
}

export interface FaultTarget {
  operation: string;
  resource?: string;
  region: string;
  caller: { account: string; accessKeyId: string };
}

interface Ordered {
  id: number;
  fault: Fault;
  seen: number;
  struck: number;
}

const CODES: Record<number, string> = {
  400: "InvalidParameterValueException",
  403: "AccessDeniedException",
  404: "ResourceNotFoundException",
  409: "ResourceConflictException",
  412: "PreconditionFailedException",
  429: "TooManyRequestsException",
  500: "ServiceException",
  503: "ServiceUnavailableException",
};

/** The faults that tests have ordered, in order: the first that matches and strikes decides. */
export class Faults {
  #ordered: Ordered[] = [];
  #ids = 0;
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  /** Returns an id for {@link cancel} and {@link struck}. */
  order(fault: Fault): number {
    this.#ids += 1;
    this.#ordered.push({ id: this.#ids, fault, seen: 0, struck: 0 });
    return this.#ids;
  }

  cancel(id: number): void {
    this.#ordered = this.#ordered.filter((ordered) => ordered.id !== id);
  }

  clear(): void {
    this.#ordered = [];
  }

  /** How often a fault has struck so far. */
  struck(id: number): number {
    return this.#ordered.find((ordered) => ordered.id === id)?.struck ?? 0;
  }

  /** The fault that strikes this call, if any. */
  strike(call: FaultTarget): Fault | undefined {
    for (const ordered of this.#ordered) {
      const { fault } = ordered;
      if (!matches(fault, call)) continue;
      ordered.seen += 1;
      if (ordered.seen <= (fault.skip ?? 0)) continue;
      if (ordered.struck >= (fault.times ?? Number.POSITIVE_INFINITY)) continue;
      if (fault.probability !== undefined && this.#random() >= fault.probability) continue;
      ordered.struck += 1;
      return fault;
    }
    return undefined;
  }
}

/** The error that a fault answers with; undefined for one that only delays or drops. */
export function errorOf(fault: Fault): ApiError | undefined {
  if (fault.status === undefined) return undefined;
  const code = fault.code ?? CODES[fault.status] ?? "ServiceException";
  return new ApiError(fault.status, code, fault.message ?? "Ordered by the test.", fault.retryAfter);
}

function matches(fault: Fault, call: FaultTarget): boolean {
  const pairs = [
    [fault.operation, call.operation],
    [fault.resource, call.resource],
    [fault.region, call.region],
    [fault.account, call.caller.account],
    [fault.accessKeyId, call.caller.accessKeyId],
  ];
  return pairs.every(([wanted, actual]) => wanted === undefined || wanted === actual);
}

/** Mulberry32: small, fast, and the same sequence everywhere for the same seed. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
