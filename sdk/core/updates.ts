/** An update of a stack, as its backend records it. */
export interface RecordedUpdate {
  /** Counts up on Pulumi Cloud; always 0 on file and bucket backends. */
  readonly version: number;
  /** `update`, `destroy`, `import` and so on. Only Pulumi Cloud records imports. */
  readonly kind: string;
  /** ISO 8601, to the second. */
  readonly startTime: string;
  /** Absent while it is running. */
  readonly endTime?: string;
}

/**
 * The newest update that ended between the reading of a history and an import, and so was overwritten; undefined if the
 * history shows none.
 * @param before the history before the import, newest first
 * @param after the history after it, which includes the import itself if the backend records imports
 */
export function overwrittenUpdate(
  before: readonly RecordedUpdate[],
  after: readonly RecordedUpdate[],
): RecordedUpdate | undefined {
  const known = new Set(before.map(identity));
  const added = after.filter((one) => !known.has(identity(one)) && one.kind !== "preview");
  // A numbering backend lists our import too: newer updates came after it, older ones were overwritten.
  const ours = added.findIndex(({ version, kind }) => version > 0 && kind === "import");
  return added[ours + 1];
}

function identity({ version, kind, startTime, endTime }: RecordedUpdate): string {
  return version > 0 ? String(version) : `${kind} ${startTime} ${endTime}`;
}
