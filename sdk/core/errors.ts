import { type Lines, sentence, shown, shownLines } from "./text";

/** All error codes with their CLI exit status. One map, so that every code has a status. */
export const exitStatus = {
  internal: 1,
  "stack-changed": 1,
  "stack-locked": 1,
  "pending-operations": 1,
  "state-broken": 1,
  "verification-failed": 1,
  "pulumi-failed": 1,
  "backup-folder": 1,
  "backup-missing": 1,
  "layer-version-missing": 1,
  "layer-incompatible": 1,
  "aws-failed": 1,
  "not-known": 1,
  "not-proved": 1,
  "program-undoes": 1,
  "too-many-changes": 1,
  "not-begun": 1,
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

/** The statement of a run that has written nothing. */
export const unchanged = "Nothing was changed.";

/** What an error carries besides its code and message. */
export interface ErrorDetails {
  /** What the user can do next, one step a line. */
  readonly next?: Lines;
  /** What the run has changed so far, as a sentence. */
  readonly changed?: string;
  readonly cause?: unknown;
}

/**
 * The one error class of this package. The message says what happened and, at its end, what was and was not changed;
 * `next` says what to do about it. Names in them are escaped, so that they cannot add lines.
 */
export class LayersError extends Error {
  override readonly name = "LayersError";
  readonly code: ErrorCode;
  /** What the user can do next, one step a line. */
  readonly next: string | undefined;
  /** What happened: the message without what was changed, for a run that goes on. */
  readonly what: string;
  /** What was changed, the last sentence of the message; undefined if not yet known. */
  readonly changed: string | undefined;

  /** @param message a text is one line; a list has a line each */
  constructor(code: ErrorCode, message: Lines, { next, changed, cause }: ErrorDetails = {}) {
    const said = shownLines(message);
    super(changed === undefined ? said : withSentence(said, shown(changed)), { cause });
    this.code = code;
    this.what = said;
    this.next = next?.length ? shownLines(next) : undefined;
    this.changed = changed && shown(changed);
  }

  /** The exit status of a process that ends with this error. */
  get exitStatus(): number {
    return exitStatus[this.code];
  }

  /** The same error, saying what was changed, unless it says so already. */
  having(changed: string): LayersError {
    if (this.changed !== undefined) return this;
    return new LayersError(this.code, this.messageLines, { next: this.nextLines, changed, cause: this });
  }

  /** The same error, with one more sentence about what was changed. */
  alsoHaving(more: string): LayersError {
    const changed = this.changed === undefined ? more : `${this.changed} ${more}`;
    return new LayersError(this.code, linesOf(this.what), { next: this.nextLines, changed, cause: this });
  }

  /** The lines of the message. */
  get messageLines(): readonly string[] {
    return linesOf(this.message);
  }

  /** The lines of the next step; none if there is none. */
  get nextLines(): readonly string[] {
    return this.next === undefined ? [] : linesOf(this.next);
  }

  /** Message and next step, as shown to a person. */
  get lines(): readonly string[] {
    return [...this.messageLines, ...this.nextLines];
  }

  /** The {@link lines} as one text. */
  describe(): string {
    return this.lines.join("\n");
  }

  /** The {@link lines} as one line, for a list or a table. */
  inOneLine(): string {
    return this.lines.join(" ");
  }
}

function linesOf(text: string): string[] {
  return text.split("\n");
}

/** The text with a sentence added; after a list, on its own line. */
function withSentence(text: string, more: string): string {
  return text.includes("\n") ? `${text}\n${more}` : `${sentence(text)} ${more}`;
}
