import type { Backup } from "../core/backup";
import type { ErrorCode } from "../core/errors";
import type { FunctionOutcome, LiveFunction } from "../core/live";
import type { FunctionFacts, StateFacts } from "../core/state/facts";
import type { VersionEdit } from "../core/state/patch";

// What use cases plan and what came of it: plain data, in the shapes that `--json` prints.

/** One layer of one function whose recorded version has to change, whether in inputs, outputs or both. */
export interface StateChange {
  /** The function's name in AWS. */
  readonly function: string;
  readonly urn: string;
  /** The layer's name in AWS. */
  readonly layer: string;
  /** The layer's ARN, without version. */
  readonly arn: string;
  /** The recorded version: that of the outputs, except where the inputs are what counts. */
  readonly from: number;
  readonly to: number;
}

/** One layer of one function whose live version has to change. */
export interface LiveChange {
  readonly function: string;
  /** The function's ARN: several accounts and regions may have the same name. */
  readonly functionArn: string;
  /** The region that the function runs in. */
  readonly region: string;
  readonly layer: string;
  /** The layer's ARN, without version. */
  readonly arn: string;
  readonly from: number;
  readonly to: number;
}

/** A function that a run leaves alone, and why. */
export interface Skipped {
  readonly function: string;
  readonly reason: string;
}

/** Which functions are meant; all of the stack's where nothing is given. */
export interface FunctionFilter {
  /** Names in AWS; only these, where there are any. */
  readonly functions: readonly string[];
  /** Names in AWS that are left out in any case. */
  readonly exclude: readonly string[];
}

/** Which live functions are meant beside those of the stack's state. */
export interface LiveScope {
  /** Functions tagged as the stack's: settings.tag_key or `pulumi:stack`. */
  readonly allFunctions: boolean;
  /** Functions that carry all of these tags. */
  readonly tags: Readonly<Record<string, string>>;
}

/** A state in memory. */
export interface LoadedState {
  readonly stack: string;
  /** The file that was read; undefined for a stack's own state. */
  readonly file: string | undefined;
  readonly bytes: Uint8Array;
  readonly facts: StateFacts;
}

/** The version that a layer of a recorded function has to be at; undefined where it stays as it is. */
export type StateTarget = (
  layerVersionArn: string,
  fn: FunctionFacts,
  side: "inputs" | "outputs",
) => number | undefined;

/** The version that a layer of a live function has to be at; undefined where it stays as it is. */
export type LiveTarget = (layerVersionArn: string, fn: LiveFunction) => number | undefined;

/** What a state needs. Nothing has been written. */
export interface StatePlan {
  readonly changes: readonly StateChange[];
  readonly skipped: readonly Skipped[];
  /** What the user has to know before the changes are made. */
  readonly warnings: readonly string[];
  readonly edits: readonly VersionEdit[];
}

/** What live functions need. Nothing has been changed. */
export interface AwsPlan {
  readonly regions: readonly RegionPlan[];
  readonly changes: readonly LiveChange[];
  readonly skipped: readonly Skipped[];
  /** What the user has to know before the changes are made. */
  readonly warnings: readonly string[];
}

/** The functions of one account and region that were found, those that need nothing included. */
export interface RegionPlan {
  readonly region: string;
  /** The profile whose account it is; undefined: the run's own, else the environment's. */
  readonly profile?: string;
  readonly functions: readonly LiveFunction[];
}

/** How live functions came out. */
export interface AwsResult {
  readonly changes: readonly LiveChange[];
  /** One for each function that needed a change. */
  readonly outcomes: readonly FunctionOutcome[];
  readonly skipped: readonly Skipped[];
  /** The record of the run, as messages name the file; absent where nothing had to be changed. */
  readonly record?: string;
}

/** A planned update of one stack. */
export interface UpdatePlan extends StatePlan {
  readonly stack: string;
  readonly dryRun: boolean;
  readonly state: LoadedState;
  /** Where the state comes from a file: the file that is written. */
  readonly out: string | undefined;
  /** How long older backups are kept. */
  readonly retentionDays: number;
  /** Absent without `--sync-aws`. */
  readonly aws: AwsPlan | undefined;
}

/** What a run did, or would do: `--json` prints it. */
export interface RunResult {
  readonly stack: string;
  readonly dryRun: boolean;
  readonly changes: readonly StateChange[];
  readonly skipped: readonly Skipped[];
  /** The state before the run, as messages name the file; null where none was written. */
  readonly backup: string | null;
  /** Absent without `--sync-aws`. */
  readonly aws?: AwsResult;
}

/** One layer of one function, wherever it is known. */
export interface StatusRow {
  readonly function: string;
  /** Undefined for a function that the state does not have. */
  readonly urn: string | undefined;
  readonly layer: string;
  /** The layer's ARN, without version. */
  readonly arn: string;
  /** Undefined where no entry of the config declares the layer. */
  readonly declared: number | undefined;
  /** With `minimum`, newer than declared is no drift. */
  readonly enforce: "exact" | "minimum" | undefined;
  /** Undefined where the state does not have it. */
  readonly recorded: number | undefined;
  /** Undefined where AWS does not have it, or was not asked. */
  readonly live: number | undefined;
  /** Whether the recorded or the live version is not as declared, or the layer is detached. */
  readonly drift: boolean;
  /** The function has lost the declared layer in AWS: that is no version to bring it to. */
  readonly detached?: true;
}

/** Where a stack's layers stand. */
export interface StatusReport {
  readonly stack: string;
  readonly rows: readonly StatusRow[];
  readonly skipped: readonly Skipped[];
  /** Whether AWS was read, or why it was not. */
  readonly live:
    | { readonly read: true }
    | {
        readonly read: false;
        readonly reason: string;
        /** How it failed; absent where AWS was not to be asked, or there are no credentials. */
        readonly code?: ErrorCode;
      };
}

/** Something that `validate` found. Errors make the exit status; warnings do not. */
export interface Finding {
  readonly severity: "error" | "warning";
  /** A code of LayersError or of TargetProblem. */
  readonly code: string;
  readonly message: string;
}

/** What `validate` looked at and found. */
export interface ValidationReport {
  readonly stack: string;
  /** Each declared layer, and the functions whose recorded layers it matches. */
  readonly layers: readonly {
    readonly key: string;
    readonly version: number;
    readonly matches: readonly { readonly layer: string; readonly functions: number }[];
  }[];
  readonly findings: readonly Finding[];
  /** Whether AWS was asked, or why it was not. */
  readonly live: StatusReport["live"];
}

/** Which backups a prune removes. */
export interface PrunePlan {
  readonly remove: readonly Backup[];
  readonly keep: readonly Backup[];
}
