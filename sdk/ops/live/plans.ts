import type { Backup } from "../../core/backup";
import type { Goal } from "../../core/goal";
import type { FunctionOutcome, LiveFunction } from "../../core/live";
import type { AwsResult, LiveChange, Site, Skipped } from "../plans";

// Plans for live functions and their outcomes: plain data.

/** A plan for live functions. Nothing has been changed. */
export interface LivePlan {
  readonly stack: string;
  /** The ARNs of all functions that were looked at: messages tell those of one name apart. */
  readonly looked: readonly string[];
  /** The functions to change, in processing order. */
  readonly sites: readonly Site[];
  readonly changes: readonly LiveChange[];
  readonly skipped: readonly Skipped[];
  /** Warnings for the user before the changes are made. */
  readonly warnings: readonly string[];
  /** The target layers of a function; called again if it has changed since. */
  readonly goal: Goal;
  /** Aliases that serve layers which are not as declared. */
  readonly aliases: readonly StaleAlias[];
  readonly publish: { readonly alias?: string } | undefined;
  /** The functions to publish; absent if not requested, or not known in advance. */
  readonly toPublish?: readonly PlannedPublish[];
  /** The record of the run to resume; absent for a new run. */
  readonly resumed?: Pick<Backup, "path" | "shownPath">;
  /** The state before the run to resume, as messages name it; absent if that run saved none. */
  readonly backup?: string;
  /** Set if an earlier run is rolled back. */
  readonly rollback?: LiveRollback;
  /** How long older records are kept, in days. */
  readonly retentionDays: number;
  /** The requests that the process had sent before this plan, by operation. */
  readonly callsBefore: Readonly<Record<string, number>>;
}

/** A planned rollback of a run. */
export interface LiveRollbackPlan extends LivePlan {
  readonly resumed: Pick<Backup, "path" | "shownPath">;
  readonly rollback: LiveRollback;
}

/** What a rollback of a run does besides layers. */
export interface LiveRollback {
  /** Functions that cannot be rolled back, as outcomes. */
  readonly impossible: readonly FunctionOutcome[];
  /** The functions that the run has changed, as they were found; without layers if they no longer exist in AWS. */
  readonly found: readonly Pick<LiveFunction, "arn" | "layers" | "revisionId">[];
  /** The aliases that are moved back, by account and region. */
  readonly sites: readonly (Omit<Site, "functions"> & { readonly aliases: readonly AliasRollback[] })[];
}

/** An alias that is to be rolled back. */
export interface AliasRollback {
  readonly function: string;
  readonly functionArn: string;
  readonly alias: string;
  /** The version that the run moved it to, and the one to go back to. */
  readonly from: string;
  readonly to: string;
  readonly reason?: string;
}

/** A layer of a published version that is not as declared. `target`: only of another layer. */
export type LayerDifference = Pick<LiveChange, "layer" | "arn" | "from" | "to"> & Partial<Pick<LiveChange, "target">>;

/** An alias that serves a published version with layers which are not as declared. */
export interface StaleAlias {
  readonly function: string;
  readonly functionArn: string;
  readonly region: string;
  readonly alias: string;
  /** The published version that it serves. */
  readonly version: string;
  readonly layers: readonly LayerDifference[];
}

/** A function that is to be published. */
export interface PlannedPublish {
  readonly function: string;
  readonly functionArn: string;
  readonly region: string;
  /** The alias to move, and the version that it serves now, if that was read. */
  readonly alias?: { readonly name: string; readonly from?: string };
  /** Why it will not be published, if that is known already. */
  readonly refused?: string;
}

/** The outcome of publishing one function. */
export interface PublishOutcome {
  readonly function: string;
  readonly functionArn: string;
  readonly status: "published" | "failed";
  /** The version that has the function's layers now. */
  readonly version?: string;
  /** The alias that was moved to it, and the version that it served before. */
  readonly alias?: { readonly name: string; readonly from: string };
  readonly reason?: string;
}

/** Why a run was stopped early. */
export interface Stop {
  readonly cause: "failure" | "canary" | "check" | "person";
  readonly reason: string;
}

/** The outcome of live functions, as printed by `--json`. */
export interface LiveResult extends AwsResult {
  /** Aliases that still serve layers which are not as declared. */
  readonly aliases: readonly StaleAlias[];
  /** In a rollback: the aliases that were to be rolled back. */
  readonly aliasesBack?: readonly AliasRollback[];
  /** What was planned to be published; absent if not requested, or not known in advance. */
  readonly toPublish?: readonly PlannedPublish[];
  readonly published: readonly PublishOutcome[];
  /** Why the run was stopped early; absent if it was not. */
  readonly stopped?: string;
  readonly stoppedBy?: Stop["cause"];
  /** If something failed: in how many functions a rollback of the run has something to roll back. */
  readonly toRollBack?: number;
  /** What was rolled back, if the run was. */
  readonly rolledBack?: LiveRollbackResult;
  /** Requests to AWS by operation, retries included. */
  readonly calls: Readonly<Record<string, number>>;
}

/** The outcome of a rollback of live functions, as printed by `--json`. */
export interface LiveRollbackResult extends Omit<LiveResult, "aliases" | "aliasesBack"> {
  /** The aliases that were to be rolled back. */
  readonly aliases: readonly AliasRollback[];
}

/** The result of a rollback, from that of a run. */
export function liveRollbackResult({ aliasesBack = [], ...result }: LiveResult): LiveRollbackResult {
  return { ...result, aliases: aliasesBack };
}
