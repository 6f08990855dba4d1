import type { Budget } from "./budget";
import { explain, type Request, type Whereabouts } from "./errors";
import { interrupted, pause } from "./interrupt";
import type { Limiter } from "./limiter";
import { Attempts, asSdkError, classify } from "./retry";
import type { AwsCall } from "./types";

// Longer than ten tries with their pauses take, so a read that has not succeeded by then will not.
const readDeadline = 120_000;

// The SDK's own timeouts end when a response starts, but its body may never end. A page of functions takes a second.
const answerDeadline = 15_000;

/** How a request is sent, retries included. */
export interface CallOptions {
  /** Ends waits, pauses and the request itself. Default: the session's; `none` for no signal at all. */
  readonly signal?: AbortSignal | "none";
  /** When to give up, as a `performance.now()` time. Default: two minutes from now. */
  readonly deadline?: number;
}

/** How a single request is sent. */
export interface OnceOptions {
  /** Ends the wait for the budget. Default: the session's; `none` for no signal at all. */
  readonly signal?: AbortSignal | "none";
  /** Awaited after the budget has permitted the request, immediately before it is sent. */
  readonly prepare?: () => Promise<void>;
}

/** What the SDK's clients take besides the input. */
export interface SendOptions {
  readonly abortSignal?: AbortSignal;
}

interface CallerConfig {
  readonly limiter: () => Promise<Limiter>;
  readonly where: Whereabouts;
  readonly signal: AbortSignal;
  readonly onCall?: (call: AwsCall) => void;
}

/** Sends requests: within the budgets, reporting each one, and turns errors into readable ones. */
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
   * Sends an idempotent request until it succeeds, fails for good, or reaches its deadline.
   * @param options.answer the result that an error stands for, if it is not a failure; undefined for real failures
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

  /** The error shown for a failed request. */
  explain(error: unknown, request: Request) {
    return explain(error, request, this.#config.where);
  }

  /**
   * Only these services have budgets: other services get few requests, and STS is what identifies the account that a
   * budget belongs to.
   */
  async #budgetOf({ service, operation }: Request): Promise<Budget | undefined> {
    if (service !== "lambda" && service !== "tagging") return undefined;
    // Finding the account takes credentials and so may fail; it is then tried again.
    this.#limiter ??= await this.#config.limiter();
    return this.#limiter.budget(service, operation);
  }
}

/** The whole response, or the error of one that took too long. Whatever still arrives of it is discarded. */
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
