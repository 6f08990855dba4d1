import type { AliasMove } from "./live";
import { type LayerMove, movesBetween, stateOfMove } from "./moves";
import type { RunLine } from "./run-line";

// What the lines of a run record mean for one function.

/** A planned move of a run. */
export interface PlannedMove extends LayerMove {
  /** For a layer that was not attached: its index in the function's list. */
  readonly at?: number;
}

/** What a record says about one function. */
export interface FunctionHistory {
  /** The function's ARN. */
  readonly function: string;
  /** What is planned: each layer as the run last saw it. */
  readonly planned: readonly PlannedMove[];
  /** What updates of the run have changed, or may have, without what was rolled back. */
  readonly moved: readonly LayerMove[];
  /** The same for aliases. */
  readonly aliases: readonly AliasMove[];
  /** The outcome of the last attempt; undefined if there was none. */
  readonly last?: LastAttempt;
}

/** An attempt at a function. `unknown`: an update was, or may have been, sent, and its outcome is unknown. */
export interface LastAttempt extends Pick<RunLine & { line: "after" }, "aim" | "reason"> {
  readonly outcome: (RunLine & { line: "after" })["outcome"] | "unknown";
}

/** Follows one function through the lines of a record. */
export class FunctionRecord {
  readonly #planned = new Map<string, PlannedMove>();
  /** What was changed before the current session. */
  #settled = new Map<string, LayerMove>();
  #moved = new Map<string, LayerMove>();
  /** How many attempts were announced since then: more than one if two processes work on the run at once. */
  #attempts = 0;
  readonly #aliases = new Map<string, AliasMove>();
  #last: FunctionHistory["last"];

  constructor(readonly arn: string) {}

  note(line: Extract<RunLine, { function: string }>): void {
    if (line.line === "before") this.#last = { aim: line.aim, outcome: "unknown", reason: undefined };
    if (line.line === "after")
      this.#last = { aim: line.aim, outcome: line.unknown ? "unknown" : line.outcome, reason: line.reason };
    if (line.line === "planned") for (const change of line.changes) this.#planned.set(change.layer, change);
    else if (line.line === "alias") this.#noteAlias(line);
    else if (line.aim === "rollback") this.#noteRollback(line);
    else if (line.line === "before") this.#noteUpdate(line);
    else this.#noteOutcome(line);
  }

  /** A session starts: what an earlier one has sent may have been carried out, even if it did not live to record that. */
  settle(): void {
    this.#settled = new Map(this.#moved);
    this.#attempts = 0;
  }

  history(): FunctionHistory {
    return {
      function: this.arn,
      planned: [...this.#planned.values()],
      moved: [...this.#moved.values()],
      aliases: [...this.#aliases.values()],
      ...(this.#last && { last: this.#last }),
    };
  }

  #noteUpdate({ layersBefore, layersAfter, instead }: RunLine & { line: "before" }): void {
    if (!instead) this.#attempts += 1;
    else if (this.#attempts <= 1) this.#moved = new Map(this.#settled);
    for (const move of movesBetween(layersBefore, layersAfter)) {
      // Layers moved by an earlier update of the run continue from there.
      for (const [key, { by }] of this.#moved) if (by === move.layer) this.#moved.delete(key);
      this.#moved.set(move.layer, move);
      const planned = this.#planned.get(move.layer);
      if (planned) this.#planned.set(move.layer, { ...planned, from: move.from });
    }
  }

  #noteOutcome({ outcome, revision, layersBefore, layersAfter }: RunLine & { line: "after" }): void {
    // Without a revision, the outcome of the last update is unknown.
    const isKnown = outcome === "failed" && revision !== undefined;
    const isUndone = isKnown && movesBetween(layersBefore, layersAfter).length === 0;
    // If a function turned out to be as planned, someone else has made it so: none of the session's updates was applied.
    // That may have been another process that works on the run.
    if (this.#attempts <= 1) {
      if (isUndone || outcome === "unchanged") this.#moved = new Map(this.#settled);
      if (isUndone) this.#dropBack(layersAfter);
    }
    this.settle();
  }

  /** A layer that is back at its old version is no longer part of the run. */
  #noteRollback(line: RunLine & { line: "before" | "after" }): void {
    if (line.line === "before") return;
    this.#dropBack(line.layersAfter);
    this.settle();
  }

  #dropBack(layers: readonly string[]): void {
    for (const move of [...this.#moved.values()])
      if (stateOfMove(move, layers).is === "before") this.#moved.delete(move.layer);
  }

  #noteAlias({ aim: direction, alias, from, to, done }: RunLine & { line: "alias" }): void {
    if (direction === "sync") this.#aliases.set(alias, { alias, from, to });
    else if (done) this.#aliases.delete(alias);
  }
}
