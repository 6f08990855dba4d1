import type { ErrorCode } from "./errors";

/** A function as it runs in AWS now. */
export interface LiveFunction {
  readonly name: string;
  /** The function's ARN, without a version. */
  readonly arn: string;
  /** Layer version ARNs in merge order. */
  readonly layers: readonly string[];
  readonly runtime: string | undefined;
  readonly architectures: readonly string[];
  /** Image functions cannot have layers. */
  readonly packageType: "Zip" | "Image";
  /** Identifies this state of the function: a conditional update fails if someone else was faster. */
  readonly revisionId: string | undefined;
}

/** Tags by their keys. */
export type TagSet = Readonly<Record<string, string>>;

/** Selects functions of an account and region; the parts are combined with "or". */
export interface FunctionSelection {
  /** Exact names or function ARNs. */
  readonly names?: readonly string[];
  readonly prefix?: string;
  /** Sets of tags: functions with all tags of at least one set. */
  readonly tags?: TagSet | readonly TagSet[];
  readonly all?: boolean;
}

/** What a layer version suits, as its publisher declared; empty lists if nothing was declared. */
export interface LayerVersionFacts {
  readonly arn: string;
  readonly compatibleRuntimes: readonly string[];
  readonly compatibleArchitectures: readonly string[];
  /** Absent if AWS does not return it. */
  readonly published?: Date;
}

/** A version of a layer that can be attached to functions. */
export interface PublishedVersion extends LayerVersionFacts {
  readonly version: number;
}

/** Some of a layer's versions, newest first, without deleted ones. */
export interface LayerVersionPage {
  readonly versions: readonly PublishedVersion[];
  /** Marker of the next page, with older versions; undefined if there is none. */
  readonly next: string | undefined;
}

/** How the reconciliation of one function ended. */
export interface FunctionOutcome {
  readonly function: string;
  readonly arn: string;
  /** The layers found immediately before the last attempt. */
  readonly before: readonly string[];
  /** The layers that the function has now, as far as is known. */
  readonly after: readonly string[];
  /** `unknown`: an update was sent, but it could not be determined whether Lambda applied it. */
  readonly status: "updated" | "unchanged" | "failed" | "unknown" | "cancelled";
  /** The revision that has these layers; absent if the outcome of the last update is unknown. */
  readonly revisionId?: string;
  /** Why it failed or was cancelled, in a sentence or two with what to do. */
  readonly reason?: string;
  /** The error code; absent if nothing failed, or the failure has none. */
  readonly code?: ErrorCode;
  /** Set if someone else changed the function during the run: the update was planned again from their change. */
  readonly changedMeanwhile?: true;
}

/** Whether a function's update was attempted and it is not known to have succeeded. */
export function hasFailed({ status }: { readonly status: string }): boolean {
  return status === "failed" || status === "unknown";
}

/** An alias of a function. */
export interface FunctionAlias {
  readonly name: string;
  /** The version that it points to, such as `7`. */
  readonly version: string;
  /** A second version that gets a share of the calls. */
  readonly otherVersion?: string;
}

/** An alias and the versions that it moves from and to. */
export interface AliasMove {
  readonly alias: string;
  readonly from: string;
  readonly to: string;
}
