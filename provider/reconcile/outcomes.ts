import { type FunctionOutcome, hasFailed } from "../../sdk/core/live";
import { listNames } from "../../sdk/core/text";

/**
 * Why functions do not have their targets: a line for each failed function, one for all that a cancelled run did not
 * reach, and one for all that remained when credentials expired.
 * @param done the intended action, as in "was not updated"
 */
export function reasonsOf(outcomes: readonly FunctionOutcome[], done: string): string[] {
  const ended = outcomes.filter(haveEnded);
  const failed = outcomes.filter((one) => hasFailed(one) && !haveEnded(one));
  const cancelled = outcomes.filter(({ status }) => status === "cancelled");
  const untouched = cancelled.filter((outcome) => !isUnknown(outcome));
  const each = [...failed, ...cancelled.filter(isUnknown)].map((outcome) => reasonFor(outcome, done));
  if (ended.length > 0) {
    const first = firstEnded(outcomes);
    const left = [...ended.filter((outcome) => !isUnknown(outcome)), ...untouched];
    const unknown = ended.filter(isUnknown);
    return [
      ...each,
      ...(left.length > 0
        ? [`${first?.reason} So ${left.length} of ${outcomes.length} functions were not ${done}: ${namesOf(left)}`]
        : []),
      ...(unknown.length > 0
        ? [`${left.length > 0 ? "" : `${first?.reason} `}Whether these were ${done} is unknown: ${namesOf(unknown)}`]
        : []),
    ];
  }
  if (untouched.length === 0) return each;
  return [
    ...each,
    `The run was cancelled before ${untouched.length} of ${outcomes.length} functions were ${done}: ${listNames(untouched.map((one) => one.function))}`,
  ];
}

/** The same for each function by itself, by its name. */
export function reasonsByFunction(outcomes: readonly FunctionOutcome[], done: string): Record<string, string> {
  const ended = firstEnded(outcomes);
  return Object.fromEntries(
    outcomes
      .filter((one) => hasFailed(one) || one.status === "cancelled")
      .map((one) => [one.function, reasonByItself(one, done, ended)]),
  );
}

function reasonByItself(outcome: FunctionOutcome, done: string, ended: FunctionOutcome | undefined): string {
  const isCancelled = outcome.status === "cancelled";
  if (haveEnded(outcome) && isUnknown(outcome)) return reasonFor({ ...outcome, status: "unknown" }, done);
  if (!isCancelled || isUnknown(outcome)) return reasonFor(outcome, done);
  return ended
    ? reasonFor({ ...ended, function: outcome.function }, done)
    : `The run was cancelled before this function was ${done}.`;
}

function reasonFor({ function: name, reason, status }: FunctionOutcome, done: string): string {
  return status === "unknown"
    ? `Whether function ${name} was ${done} is unknown: ${reason}`
    : `Function ${name} was not ${done}: ${reason}`;
}

/** The first function at which credentials had ended, if possible one of which that is all there is to say. */
function firstEnded(outcomes: readonly FunctionOutcome[]): FunctionOutcome | undefined {
  const ended = outcomes.filter(haveEnded);
  return ended.find((outcome) => !isUnknown(outcome)) ?? ended[0];
}

function haveEnded(outcome: FunctionOutcome): boolean {
  return hasFailed(outcome) && outcome.code === "aws-credentials";
}

/** Whether an update with an unknown outcome may have been sent. */
function isUnknown({ revisionId }: FunctionOutcome): boolean {
  return revisionId === undefined;
}

function namesOf(outcomes: readonly FunctionOutcome[]): string {
  return outcomes.map(({ function: name }) => name).join(", ");
}

/** Ends a run when its credentials expire: everything else would fail too, and it is reported once. */
export class CredentialsWatch {
  readonly #over = new AbortController();

  /** Aborted once the credentials have expired. */
  get signal(): AbortSignal {
    return this.#over.signal;
  }

  note(outcome: FunctionOutcome): void {
    if (haveEnded(outcome)) this.#over.abort();
  }
}

/** Whether the user cancelled a run. */
export function isCancelled(outcomes: readonly FunctionOutcome[]): boolean {
  return (
    outcomes.some(({ status, code }) => status === "cancelled" || code === "interrupted") && !outcomes.some(haveEnded)
  );
}
