import type { Lambda } from "@aws-sdk/client-lambda";
import { LayersError } from "../core/errors";
import type { FunctionOutcome, LiveFunction } from "../core/live";
import { ForeignAnswer } from "./answers";
import type { Caller } from "./caller";
import { answerAbout, type FunctionState, type ReadFunction } from "./functions";
import { pause, throwIfInterrupted } from "./interrupt";
import { Attempts, classify } from "./retry";
import { settled } from "./wait";

/** What moving functions needs from the run that it is part of. */
export interface MoveContext {
  readonly lambda: Lambda;
  readonly caller: Caller;
  readonly read: ReadFunction;
  readonly desired: (fn: LiveFunction) => readonly string[];
  readonly signal: AbortSignal;
  /** Per function, in milliseconds. */
  readonly deadlineMs: number;
  /** Never rejects: a failure aborts the signal instead. */
  readonly beforeUpdate: (fn: LiveFunction, layers: readonly string[], instead: boolean) => Promise<void>;
}

// After an interrupt, updates that Lambda has accepted get this long to end, so that most are reported correctly.
const graceAfterInterrupt = 10_000;
// A function that has changed this often during the run is left to whoever is changing it.
const mostForeignChanges = 10;

/** Brings one function to its layers. Never fails: the outcome says what happened. */
export async function moveFunction(context: MoveContext, fn: LiveFunction): Promise<FunctionOutcome> {
  const move = new Move(context, fn);
  try {
    return move.outcome(await move.run());
  } catch (error) {
    return move.failed(error);
  }
}

class Move {
  readonly #context: MoveContext;
  readonly #name: string;
  readonly #deadline: number;
  readonly #attempts: Attempts;
  /** The function as it was last seen. */
  #current: LiveFunction;
  /** Its layers before the last update that was sent. */
  #before: readonly string[];
  /** The function's state as last passed to `beforeUpdate`. */
  #announced: LiveFunction | undefined;
  /** The layers of the last update that Lambda has applied, or may have. */
  #sent: readonly string[] | undefined;
  /** What is unknown about that update: whether it was applied, or how it will end. */
  #unknown: "answer" | "end" | undefined;
  #foreignChanges = 0;
  #interruptedAt: number | undefined;

  constructor(context: MoveContext, fn: LiveFunction) {
    this.#context = context;
    this.#name = fn.name;
    this.#deadline = performance.now() + context.deadlineMs;
    this.#attempts = new Attempts(this.#deadline);
    this.#current = fn;
    this.#before = fn.layers;
  }

  async run(): Promise<"updated" | "unchanged"> {
    // Without a revision to make it conditional on, an update could undo what someone else did in the meantime.
    let known = this.#current.revisionId !== undefined;
    for (;;) {
      const wanted = this.#context.desired(this.#current);
      if (sameLayers(this.#current.layers, wanted)) return this.#sent ? "updated" : "unchanged";
      throwIfInterrupted(this.#context.signal);
      if (known) await this.#step(wanted);
      else this.#current = (await this.#settle(await this.#read())).live;
      known = true;
    }
  }

  outcome(status: FunctionOutcome["status"], reason?: string): FunctionOutcome {
    const { revisionId } = this.#current;
    return {
      function: this.#name,
      arn: this.#current.arn,
      before: this.#announced ? this.#before : this.#current.layers,
      after: this.#current.layers,
      status,
      ...(this.#unknown === undefined && revisionId !== undefined && { revisionId }),
      ...(reason && { reason }),
      ...(this.#foreignChanges > 0 && { changedMeanwhile: true }),
    };
  }

  failed(error: unknown): FunctionOutcome {
    const reasons = [error instanceof LayersError ? error.inOneLine() : String(error)];
    if (this.#unknown === "answer") reasons.push("Whether its last update was applied is unknown.");
    if (this.#unknown === "end") reasons.push("Lambda accepted its update, but the outcome is unknown.");
    const code = error instanceof LayersError ? error.code : undefined;
    const ended = code === "interrupted" ? "cancelled" : "failed";
    const outcome = this.outcome(this.#unknown === undefined ? ended : "unknown", reasons.join(" "));
    return { ...outcome, ...(code !== undefined && { code }) };
  }

  /** Sends one update and finds out the function's state after it. */
  async #step(wanted: readonly string[]): Promise<void> {
    let accepted: FunctionState;
    try {
      accepted = await this.#update(wanted);
    } catch (error) {
      await this.#recover(error, wanted);
      return;
    }
    this.#sent = wanted;
    this.#unknown = "end";
    this.#current = accepted.live;
    const state = await this.#settle(accepted);
    this.#see(state, true);
  }

  async #update(wanted: readonly string[]): Promise<FunctionState> {
    const { caller, lambda, signal, beforeUpdate } = this.#context;
    const fn = this.#current;
    const input = { FunctionName: this.#name, Layers: [...wanted], RevisionId: fn.revisionId };
    return caller.once(
      this.#request,
      async () => {
        const answer = answerAbout(fn.arn, await lambda.updateFunctionConfiguration(input));
        // Lambda answers with the layers that it was sent: anything else says nothing of what became of them.
        if (!sameLayers(answer.live.layers, wanted)) throw new ForeignAnswer("the layers that were sent");
        return answer;
      },
      {
        signal,
        prepare: async () => {
          const instead = this.#announced !== undefined && this.#sent === undefined;
          if (this.#announced !== fn) await beforeUpdate(fn, wanted, instead);
          throwIfInterrupted(signal);
          this.#announced = fn;
          this.#before = fn.layers;
        },
      },
    );
  }

  /** Reads the function again after a failed update, so that the next update is planned from its current state. */
  async #recover(error: unknown, wanted: readonly string[]): Promise<void> {
    if (error instanceof LayersError) throw error;
    const kind = classify(error);
    // If no update was announced, the failure came before it, from the credentials.
    if (kind === "lost" && this.#announced === this.#current) {
      this.#sent = wanted;
      this.#unknown = "answer";
    }
    const wait = this.#attempts.pauseAfter(error);
    if (wait === undefined) {
      const failure = this.#context.caller.explain(error, this.#request);
      if (this.#unknown === "answer" && (await this.#hasArrived(wanted))) return;
      throw failure;
    }
    // Even after an interrupt, because the outcome behind a lost response can be found out.
    await pause(wait, kind === "lost" ? undefined : this.#context.signal);
    if (kind === "throttled" || kind === "unreachable") return;
    const state = await this.#settle(await this.#read());
    this.#see(state, this.#sent !== undefined && sameLayers(state.live.layers, this.#sent));
  }

  /** Checks once more, after the last try, whether an update was applied. */
  async #hasArrived(wanted: readonly string[]): Promise<boolean> {
    const state = await this.#settle(await this.#read()).catch(() => undefined);
    if (!state) return false;
    this.#see(state, sameLayers(state.live.layers, wanted));
    return sameLayers(state.live.layers, wanted);
  }

  /** Notes the state of a function without an update in progress. `ours`: its last update was this run's. */
  #see({ live, update, reason }: FunctionState, ours: boolean): void {
    // An update whose response was lost, and which then failed, has also changed the revision.
    const lostAndFailed = this.#unknown === "answer" && update === "Failed";
    const foreign = ours
      ? !sameLayers(live.layers, this.#sent ?? [])
      : live.revisionId !== this.#current.revisionId && !lostAndFailed;
    this.#current = live;
    this.#unknown = undefined;
    if (ours && update === "Failed")
      throw new LayersError(
        "aws-update-failed",
        `Lambda could not update ${this.#name}: ${reason ?? "no reason given"}`,
      );
    if (!foreign) return;
    this.#foreignChanges += 1;
    if (this.#foreignChanges >= mostForeignChanges)
      throw new LayersError(
        "aws-update-failed",
        `Function ${this.#name} was changed by someone else ${this.#foreignChanges} times during this run.`,
        { next: "Find out who is deploying it, and run again when they are done." },
      );
  }

  /** Waits until no update is in progress. */
  async #settle(state: FunctionState | undefined): Promise<FunctionState> {
    const last = await settled(
      state,
      () => this.#read(),
      () => performance.now() >= this.#limit,
    );
    if (!last) throw new LayersError("aws-update-failed", `Function ${this.#name} no longer exists.`);
    if (last.update !== "InProgress") return last;
    throwIfInterrupted(this.#context.signal);
    throw new LayersError(
      "aws-update-failed",
      `An update of ${this.#name} was still in progress after ${Math.round(this.#context.deadlineMs / 1000)} s.`,
      {
        next: `Check it with \`aws lambda get-function --function-name ${this.#name}\`, and run again when it has finished.`,
      },
    );
  }

  #read(): Promise<FunctionState | undefined> {
    return this.#context.read(this.#name, { signal: "none", deadline: this.#limit });
  }

  /** When to stop waiting: soon after an interrupt, or immediately if nothing was sent. */
  get #limit(): number {
    if (!this.#context.signal.aborted) return this.#deadline;
    const now = performance.now();
    this.#interruptedAt ??= now;
    return this.#sent ? Math.min(this.#deadline, this.#interruptedAt + graceAfterInterrupt) : now;
  }

  get #request() {
    const resource = this.#current.arn;
    return { service: "lambda", operation: "UpdateFunctionConfiguration", subject: this.#name, resource } as const;
  }
}

/** Whether two lists hold the same layer versions in the same merge order. */
export function sameLayers(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((layer, index) => layer === b[index]);
}
