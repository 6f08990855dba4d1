/**
 * What can go wrong, each with the exit status that the CLI ends with.
 * One map, so that a code can never be without a status.
 */
export const exitStatus = {
  internal: 1,
  "stack-changed": 1,
  "stack-locked": 1,
  "pending-operations": 1,
  "verification-failed": 1,
  "pulumi-failed": 1,
  "backup-folder": 1,
  "backup-missing": 1,
  "layer-version-missing": 1,
  "layer-incompatible": 1,
  "aws-failed": 1,
  "too-many-changes": 1,
  usage: 2,
  "config-invalid": 2,
  "config-not-editable": 2,
  "layer-ambiguous": 2,
  "pulumi-missing": 2,
  "project-missing": 2,
  "state-missing": 2,
  "state-invalid": 2,
  "record-invalid": 2,
  "pulumi-login": 3,
  passphrase: 3,
  "aws-credentials": 3,
  "aws-permission": 3,
  "aws-update-failed": 4,
  "stack-missing": 6,
  "changes-found": 7,
  interrupted: 130,
} as const;

/** Why an operation did not succeed; the keys of {@link exitStatus}. */
export type ErrorCode = keyof typeof exitStatus;

/**
 * The one error class of this package. The message says what happened and what was and was not changed;
 * `next` says what to do about it.
 */
export class LayersError extends Error {
  override readonly name = "LayersError";
  readonly code: ErrorCode;
  /** What the user can do next, one step a line. */
  readonly next: string | undefined;

  constructor(code: ErrorCode, message: string, options: { next?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.next = options.next;
  }

  /** The exit status of a process that ends with this error. */
  get exitStatus(): number {
    return exitStatus[this.code];
  }

  /** Message and next step, as shown to a person. */
  describe(): string {
    return this.next ? `${this.message}\n${this.next}` : this.message;
  }
}
