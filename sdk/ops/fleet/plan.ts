import type { Backup } from "../../core/backup";
import type { AwsResult, LiveChange, LiveTarget, RegionPlan, RunResult, Skipped } from "../plans";
import type { PlannedPublish, PublishOutcome, StaleAlias } from "./aliases";
import type { PutBackResult } from "./put-back";
import type { Stop } from "./rollout";

/** A planned sync of live functions. Nothing has been changed. */
export interface SyncPlan {
  readonly stack: string;
  readonly dryRun: boolean;
  /** The functions with something to do, in the order in which their turns come. */
  readonly sites: readonly RegionPlan[];
  readonly changes: readonly LiveChange[];
  readonly skipped: readonly Skipped[];
  /** What the user has to know before the changes are made. */
  readonly warnings: readonly string[];
  /** Aliases that serve layers which are not as declared. */
  readonly aliases: readonly StaleAlias[];
  readonly publish: { readonly alias?: string } | undefined;
  /** The functions that are to be published; absent where that is not asked for, or not known beforehand. */
  readonly toPublish?: readonly PlannedPublish[];
  readonly target: LiveTarget;
  /** The record of an earlier run that this one finishes. */
  readonly resumed: Pick<Backup, "path" | "shownPath"> | undefined;
  /** How long older records are kept. */
  readonly retentionDays: number;
  /** The requests that the process had sent before this plan, by operation. */
  readonly callsBefore: Readonly<Record<string, number>>;
}

/** How a sync came out, beside its functions. */
export interface SyncReport extends AwsResult {
  /** Aliases that still serve layers which are not as declared. */
  readonly aliases: readonly StaleAlias[];
  /** What was planned to be published; absent where that was not asked for, or not known beforehand. */
  readonly toPublish?: readonly PlannedPublish[];
  readonly published: readonly PublishOutcome[];
  /** Why the run did not go on to its end; absent where it did. */
  readonly stopped?: string;
  /** What it was that stopped it. */
  readonly stoppedBy?: Stop["cause"];
  /** Where something failed: how many functions a rollback of the run has something to put back of. */
  readonly toPutBack?: number;
  /** What was put back, where the run was. */
  readonly rolledBack?: PutBackResult;
  /** Requests to AWS by operation, retries included. */
  readonly calls: Readonly<Record<string, number>>;
}

/** What a sync did, or would do: `--json` prints it. The state is not touched. */
export interface SyncResult extends RunResult {
  readonly aws: SyncReport;
}
