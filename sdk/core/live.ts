import type { ErrorCode } from "./errors";

/** A function as it runs in AWS now. */
export interface LiveFunction {
  readonly name: string;
  /** The function's ARN, without a version. */
  readonly arn: string;
  /** Layer version ARNs in merge order; empty if the function has none. */
  readonly layers: readonly string[];
  readonly runtime: string | undefined;
  readonly architectures: readonly string[];
  /** Image functions cannot have layers. */
  readonly packageType: "Zip" | "Image";
  /** Names this state of the function: an update made conditional on it fails if someone else was faster. */
  readonly revisionId: string | undefined;
}

/** Tags by their keys. */
export type TagSet = Readonly<Record<string, string>>;

/** Which functions of an account and region are meant; a function meant by any of the parts is meant. */
export interface FunctionSelection {
  /** Exact names or function ARNs. */
  readonly names?: readonly string[];
  readonly prefix?: string;
  /** Functions that carry all of these tags; of several sets of tags, all of any one. */
  readonly tags?: TagSet | readonly TagSet[];
  readonly all?: boolean;
}

/** What a layer version suits, as its publisher declared; empty lists if nothing was declared. */
export interface LayerVersionFacts {
  readonly arn: string;
  readonly compatibleRuntimes: readonly string[];
  readonly compatibleArchitectures: readonly string[];
  /** Absent if AWS does not say. */
  readonly published?: Date;
}

/** A version of a layer that can be attached to functions. */
export interface PublishedVersion extends LayerVersionFacts {
  readonly version: number;
}

/** Some of a layer's versions, newest first; those that were deleted are left out. */
export interface LayerVersionPage {
  readonly versions: readonly PublishedVersion[];
  /** Leads to the next page, of older versions; undefined if there is none. */
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
  /** `unknown`: an update was sent, and whether Lambda has carried it out could not be found out. */
  readonly status: "updated" | "unchanged" | "failed" | "unknown" | "cancelled";
  /** The revision that has these layers; absent if it is not known what became of the last update. */
  readonly revisionId?: string;
  /** Why it failed or was cancelled, in a sentence or two with what to do. */
  readonly reason?: string;
  /** The kind of what went wrong; absent if nothing did, or nothing that has one. */
  readonly code?: ErrorCode;
  /** Set if someone else changed the function during the run: what was done was planned anew from what they left. */
  readonly changedMeanwhile?: true;
}

/** Whether a function is not known to be as it was to be, although its update was attempted. */
export function hasFailed({ status }: { readonly status: string }): boolean {
  return status === "failed" || status === "unknown";
}

/** An alias of a function. */
export interface FunctionAlias {
  readonly name: string;
  /** The version that it points to, such as `7`. */
  readonly version: string;
  /** A further version that gets a part of the calls. */
  readonly otherVersion?: string;
}

/** An alias and the versions of its function that it moves from and to. */
export interface AliasMove {
  readonly alias: string;
  readonly from: string;
  readonly to: string;
}
