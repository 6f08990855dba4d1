import type { Budget } from "./budget";
import { explain, type Request, type Whereabouts } from "./errors";
import { interrupted, pause } from "./interrupt";
import type { Limiter } from "./limiter";
import { Attempts, asSdkError, classify } from "./retry";
import type { AwsCall } from "./types";

// A read that has not succeeded by then will not: ten tries with their pauses take less.
const readDeadline = 120_000;

// The SDK's own timeouts end when an answer starts; its end can take forever. A page of functions takes a second.
const answerDeadline = 15_000;

/** How a request is sent until it is answered. */
export interface CallOptions {
  /** Ends waits, pauses and the request itself. Default: the session's; `none` for no signal at all. */
  readonly signal?: AbortSignal | "none";
  /** When to give up, on the clock of `performance.now()`. Default: two minutes from now. */
  readonly deadline?: number;
}

/** How a request is sent once. */
export interface OnceOptions {
  /** Ends the wait for the budget. Default: the session's; `none` for no signal at all. */
  readonly signal?: AbortSignal | "none";
  /** Awaited when the budget has permitted the request, immediately before it is sent. */
  readonly prepare?: () => Promise<void>;
}

/** What the SDK's clients take beside the input. */
export interface SendOptions {
  readonly abortSignal?: AbortSignal;
}

interface CallerConfig {
  readonly limiter: () => Promise<Limiter>;
  readonly where: Whereabouts;
  readonly signal: AbortSignal;
  readonly onCall?: (call: AwsCall) => void;
}

/** Sends requests: within the budgets, reported one by one, and with errors that a person can read. */
export class Caller {
  readonly #config: CallerConfig;
  #limiter: Limiter | undefined;

  constructor(config: CallerConfig) {
    this.#config = config;
  }

  /** The session's own signal. */
  get signal(): AbortSignal {
    return this.#config.signal;
  }

  /**
   * Sends a request that may be sent again without harm, until it succeeds, fails for good, or its deadline comes.
   * @param options.answer what an error means that is an answer rather than a failure; undefined for all others
   * @throws LayersError
   */
  async call<T, A = never>(
    request: Request,
    send: (options: SendOptions) => Promise<T>,
    options: CallOptions & { readonly answer?: (error: unknown) => A | undefined } = {},
  ): Promise<T | A> {
    const { signal = this.signal, deadline = performance.now() + readDeadline, answer } = options;
    const attempts = new Attempts(deadline);
    const abortSignal = signal === "none" ? undefined : signal;
    for (;;) {
      try {
        return await this.once(request, () => send({ abortSignal }), { signal });
      } catch (error) {
        if (abortSignal?.aborted) throw interrupted();
        const answered = answer?.(error);
        if (answered !== undefined) return answered;
        const wait = attempts.pauseAfter(error);
        if (wait === undefined) throw this.explain(error, request);
        await pause(wait, abortSignal);
      }
    }
  }

  /**
   * Sends one request, as soon as its budget permits.
   * @throws what the SDK throws, or LayersError `interrupted`
   */
  async once<T>(request: Request, send: () => Promise<T>, options: OnceOptions = {}): Promise<T> {
    const { signal = this.signal, prepare } = options;
    const budget = await this.#budgetOf(request);
    await budget?.take(signal === "none" ? undefined : signal);
    await prepare?.();
    const started = performance.now();
    const { operation, subject } = request;
    const report = (outcome: string) => {
      this.#config.onCall?.({ operation, subject, milliseconds: performance.now() - started, outcome });
    };
    try {
      const answer = await inTime(send(), operation);
      report("ok");
      return answer;
    } catch (error) {
      report(asSdkError(error).name ?? "Error");
      if (classify(error) === "throttled") budget?.refused();
      throw error;
    }
  }

  /** The error that a person is shown for a failed request. */
  explain(error: unknown, request: Request) {
    return explain(error, request, this.#config.where);
  }

  /** Only these services have budgets: few requests go to others, and STS is what tells whose budgets they are. */
  async #budgetOf({ service, operation }: Request): Promise<Budget | undefined> {
    if (service !== "lambda" && service !== "tagging") return undefined;
    // To know the account takes credentials, and so may fail: then it is tried again.
    this.#limiter ??= await this.#config.limiter();
    return this.#limiter.budget(service, operation);
  }
}

/** An answer, whole, or the error of one that took too long. What still arrives of it is of no use to anybody. */
async function inTime<T>(answer: Promise<T>, operation: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new Error(`${operation} was not answered within ${answerDeadline / 1000} s`);
    timer = setTimeout(() => reject(Object.assign(error, { name: "TimeoutError" })), answerDeadline);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
