import type { ByteRange } from "./text";

/** What a scan finds in an exported state. Plain data; offsets are in bytes from the start of the file. */
export interface StateFacts {
  /** The deployment version. */
  readonly version: 3 | 4;
  /** The stack and project, from the first resource's URN; undefined without resources. */
  readonly owner: { readonly stack: string; readonly project: string } | undefined;
  /** How many resources the state has, of any type. */
  readonly resourceCount: number;
  /** `passphrase`, `service`, `cloud`, ...; undefined if none. */
  readonly secretsProvider: string | undefined;
  /** Operations that an interrupted update left unfinished. */
  readonly pendingOperations: {
    readonly count: number;
    /** The first of them, at most {@link shownOperations}. */
    readonly first: readonly PendingOperation[];
  };
  readonly integrity: IntegrityFacts;
  /** The resources of a function type, in the state's order. */
  readonly functions: readonly FunctionFacts[];
  /** The `LayerVersions` resources, in the state's order; without those pending deletion. */
  readonly reconciled: readonly ReconciledFacts[];
}

/** Whether a state follows Pulumi's own rules. */
export interface IntegrityFacts {
  /** The first broken rule; undefined if none. */
  readonly broken: BrokenRule | undefined;
  /** Pulumi's note about writing a state that broke a rule; undefined without one. */
  readonly noted: { readonly command: string; readonly error: string } | undefined;
  /** The version of Pulumi that wrote the state, and the magic number derived from it. */
  readonly manifest: { readonly version: string; readonly magic: string };
}

/** A rule of Pulumi's that a state breaks. */
export interface BrokenRule {
  /** What breaks it, in words. */
  readonly what: string;
  /** Whether `pulumi state repair` may fix it: it sorts resources, and drops references to missing ones. */
  readonly repairable: boolean;
}

/** A `LayerVersions` resource, which reconciles functions owned elsewhere. */
export interface ReconciledFacts {
  readonly urn: string;
  /** The region of its functions; undefined if none is recorded. */
  readonly region: string | undefined;
  /**
   * Function to layer to version, as the last update left them or a refresh found them, with layers that the refresh
   * found removed. Keys are layer names or ARNs without version; a version is a number, or a full layer version ARN.
   * Undefined if unreadable, such as a secret.
   */
  readonly functions: Readonly<Record<string, Readonly<Record<string, number | string>>>> | undefined;
}

/** How many pending operations are kept for a message. */
export const shownOperations = 20;

/** One pending operation. */
export interface PendingOperation {
  /** `creating`, `updating`, `deleting`, `reading` or `importing`. */
  readonly type: string;
  readonly urn: string;
}

/** A function as the state records it. */
export interface FunctionFacts {
  readonly urn: string;
  readonly type: string;
  /** The provider's id; undefined if none is recorded. */
  readonly id: string | undefined;
  /** The function's name in AWS; otherwise the id, otherwise the last part of the URN. */
  readonly name: string;
  /** `delete: true`: the resource was replaced and is pending deletion. */
  readonly deleted: boolean;
  /** `pendingReplacement: true`: it was deleted, and the next update recreates it. */
  readonly replaced: boolean;
  /** Read by the stack, but not managed. */
  readonly external: boolean;
  /** Why the last create or update failed; its outputs were then never applied. Empty after a success. */
  readonly initErrors: readonly string[];
  readonly runtime: string | undefined;
  /** Empty if none is recorded, which means x86_64; undefined if it cannot be read, such as a secret. */
  readonly architectures: readonly string[] | undefined;
  /** `Zip` or `Image`; undefined if none is recorded. */
  readonly packageType: string | undefined;
  /** Whether each update publishes a version, whose layers are then fixed. */
  readonly publishes: boolean;
  /** The function's ARN in AWS; undefined if none is recorded. */
  readonly arn: string | undefined;
  /** From the resource's region, else from its ARN. */
  readonly region: string | undefined;
  /** The layers in the resource's inputs: what the program asked for. */
  readonly inputs: RecordedLayers;
  /** The layers in the resource's outputs: what AWS answered. */
  readonly outputs: RecordedLayers;
}

/**
 * The property that holds a function's layers. `secret`: encrypted as a whole, as Pulumi does if one element is a
 * secret. `other`: neither a list, null nor a secret, such as the placeholder of an unknown value.
 */
export type RecordedLayers =
  | { readonly kind: "absent" | "null" | "secret" | "other" }
  | { readonly kind: "list"; readonly layers: readonly RecordedLayer[] };

/** One element of a list of layers. */
export type RecordedLayer =
  | {
      readonly kind: "text";
      readonly text: string;
      /** The version's digits at the end of the text; undefined if the text is not a layer version ARN. */
      readonly version: ByteRange | undefined;
      /** Where the text starts, after its quote. */
      readonly start: number;
    }
  | { readonly kind: "secret" | "other" };
