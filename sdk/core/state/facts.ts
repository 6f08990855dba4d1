import type { ByteRange } from "./text";

/** What a scan finds in an exported state. Plain data; offsets count bytes from the start of the file. */
export interface StateFacts {
  /** The deployment version. */
  readonly version: 3 | 4;
  /** Whose resources these are, from the first one's URN; undefined if there is none. */
  readonly owner: { readonly stack: string; readonly project: string } | undefined;
  /** How many resources the state has, of any type. */
  readonly resourceCount: number;
  /** `passphrase`, `service`, `cloud`, ...; undefined if the state names none. */
  readonly secretsProvider: string | undefined;
  /** Operations that an earlier update was cut short in. */
  readonly pendingOperations: {
    readonly count: number;
    /** The first of them, at most {@link shownOperations}. */
    readonly first: readonly PendingOperation[];
  };
  readonly integrity: IntegrityFacts;
  /** The resources of a function type, in the state's order. */
  readonly functions: readonly FunctionFacts[];
  /** The `LayerVersions` resources, in the state's order; those that wait for their deletion are left out. */
  readonly reconciled: readonly ReconciledFacts[];
}

/** Whether a state keeps Pulumi's own rules. */
export interface IntegrityFacts {
  /** The first broken rule; undefined if all are kept. */
  readonly broken: BrokenRule | undefined;
  /** What Pulumi has noted when it wrote a state that broke a rule; undefined if it has noted nothing. */
  readonly noted: { readonly command: string; readonly error: string } | undefined;
  /** The version of Pulumi that the state is of, and the number that it is marked with, which is made of the version. */
  readonly manifest: { readonly version: string; readonly magic: string };
}

/** A rule of Pulumi's that a state breaks. */
export interface BrokenRule {
  /** What breaks it, in words. */
  readonly what: string;
  /** Whether `pulumi state repair` may put it right: it sorts resources, and drops references to what is missing. */
  readonly repairable: boolean;
}

/** A `LayerVersions` resource, which reconciles functions owned elsewhere. */
export interface ReconciledFacts {
  readonly urn: string;
  /** The region of its functions; undefined if none is recorded. */
  readonly region: string | undefined;
  /**
   * Function to layer to version, as the last update left them. A layer goes by its name, or by its ARN without version;
   * a version is a number, or a full layer version ARN. Undefined if it cannot be read, such as a secret.
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
  /** The function's name in AWS; if none is recorded the id, else the last part of the URN. */
  readonly name: string;
  /** `delete: true`: the resource was replaced and waits for its deletion. */
  readonly deleted: boolean;
  /** `pendingReplacement: true`: it was deleted, and the next update creates it anew. */
  readonly replaced: boolean;
  /** Read, but not managed, by the stack. */
  readonly external: boolean;
  /** Why the last create or update failed; its outputs were then never applied. Empty after a success. */
  readonly initErrors: readonly string[];
  readonly runtime: string | undefined;
  /** Empty if none is recorded, which means x86_64; undefined if it cannot be read, such as a secret. */
  readonly architectures: readonly string[] | undefined;
  /** `Zip` or `Image`; undefined if none is recorded. */
  readonly packageType: string | undefined;
  /** Whether each update publishes a version, which then keeps its layers. */
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
 * The property that holds a function's layers. `secret`: encrypted as a whole, as Pulumi does when one element is a
 * secret. `other`: neither a list, nor null, nor a secret, such as the mark of a value that is not known yet.
 */
export type RecordedLayers =
  | { readonly kind: "absent" | "null" | "secret" | "other" }
  | { readonly kind: "list"; readonly layers: readonly RecordedLayer[] };

/** One element of a list of layers. */
export type RecordedLayer =
  | {
      readonly kind: "text";
      readonly text: string;
      /** The digits of the version, at the text's end; undefined if the text is not a layer version ARN. */
      readonly version: ByteRange | undefined;
      /** Where the text starts, behind its quote. */
      readonly start: number;
    }
  | { readonly kind: "secret" | "other" };
