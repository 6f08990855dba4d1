import type { AliasMove } from "./live";
import { type LayerMove, movesBetween, stateOfMove } from "./moves";
import type { RunLine } from "./run-line";

// What the lines of a run record come to for one function.

/** A move that a run is to make. */
export interface PlannedMove extends LayerMove {
  /** The place in the function's list, from 0, that a layer gets which was not there. */
  readonly at?: number;
}

/** What a record says of one function. */
export interface FunctionHistory {
  /** The function's ARN. */
  readonly function: string;
  /** What is to be done: each layer as the run has last seen it. */
  readonly planned: readonly PlannedMove[];
  /** What updates of the run have changed, or may have, and what no rollback has rolled back. */
  readonly moved: readonly LayerMove[];
  /** The same for aliases. */
  readonly aliases: readonly AliasMove[];
  /** How the last attempt came out; undefined if there was none. */
  readonly last?: LastAttempt;
}

/** An attempt at a function. `unknown`: an update was, or may have been, sent, and what became of it is not known. */
export interface LastAttempt extends Pick<RunLine & { line: "after" }, "aim" | "reason"> {
  readonly outcome: (RunLine & { line: "after" })["outcome"] | "unknown";
}

/** Follows one function through the lines of a record. */
export class FunctionRecord {
  readonly #planned = new Map<string, PlannedMove>();
  /** What was changed before the session that is under way. */
  #settled = new Map<string, LayerMove>();
  #moved = new Map<string, LayerMove>();
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
    if (instead) this.#moved = new Map(this.#settled);
    for (const move of movesBetween(layersBefore, layersAfter)) {
      // What had come by an earlier update of the run goes on from there.
      for (const [key, { by }] of this.#moved) if (by === move.layer) this.#moved.delete(key);
      this.#moved.set(move.layer, move);
      const planned = this.#planned.get(move.layer);
      if (planned) this.#planned.set(move.layer, { ...planned, from: move.from });
    }
  }

  #noteOutcome({ outcome, revision, layersBefore, layersAfter }: RunLine & { line: "after" }): void {
    // Without a revision it is not known what became of the last update.
    const isUndone = outcome === "failed" && revision !== undefined;
    if (isUndone && movesBetween(layersBefore, layersAfter).length === 0) this.#moved = new Map(this.#settled);
    this.#settled = new Map(this.#moved);
  }

  /** A layer that is back where it was is no longer the run's. */
  #noteRollback(line: RunLine & { line: "before" | "after" }): void {
    if (line.line === "before") return;
    for (const move of [...this.#moved.values()]) {
      if (stateOfMove(move, line.layersAfter).is === "before") this.#moved.delete(move.layer);
    }
    this.#settled = new Map(this.#moved);
  }

  #noteAlias({ aim: direction, alias, from, to, done }: RunLine & { line: "alias" }): void {
    if (direction === "sync") this.#aliases.set(alias, { alias, from, to });
    else if (done) this.#aliases.delete(alias);
  }
}
