/** An update of a stack, as its backend records it. */
export interface RecordedUpdate {
  /** Counts up on Pulumi Cloud; always 0 on a backend in files or a bucket, which numbers nothing. */
  readonly version: number;
  /** `update`, `destroy`, `import` and so on. Only Pulumi Cloud records imports. */
  readonly kind: string;
  /** ISO 8601, to the second. */
  readonly startTime: string;
  /** Absent while it goes on. */
  readonly endTime?: string;
}

/**
 * The newest update that ended between the reading of a history and an import, and so was overwritten by it; undefined
 * if the history shows none.
 * @param before the history before the import, newest first
 * @param after the history after it, which has the import itself if the backend records imports
 */
export function overwrittenUpdate(
  before: readonly RecordedUpdate[],
  after: readonly RecordedUpdate[],
): RecordedUpdate | undefined {
  const known = new Set(before.map(identity));
  const added = after.filter((one) => !known.has(identity(one)) && one.kind !== "preview");
  // A backend that numbers its updates has our import among them: what is newer came after it, what is older was lost.
  const ours = added.findIndex(({ version, kind }) => version > 0 && kind === "import");
  return added[ours + 1];
}

function identity({ version, kind, startTime, endTime }: RecordedUpdate): string {
  return version > 0 ? String(version) : `${kind} ${startTime} ${endTime}`;
}
