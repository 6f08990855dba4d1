import { parseLayerVersionArn } from "../arn";
import { LayersError } from "../errors";
import type { FunctionFacts, RecordedLayer, RecordedLayers, StateFacts } from "./facts";
import type { ByteRange } from "./text";

/** The replacement of one version's digits. Plain data. */
export interface VersionEdit extends ByteRange {
  /** The new digits. */
  readonly text: string;
}

/**
 * The edits that bring recorded layers to other versions, in the inputs and outputs of each function, wherever they are
 * held as plain lists.
 * @param versionFor the version that a layer version ARN has to be at, given its place in the recorded list, from 0;
 * undefined if it stays as it is
 */
export function versionEdits(
  functions: Iterable<FunctionFacts>,
  versionFor: (
    layerVersionArn: string,
    fn: FunctionFacts,
    side: "inputs" | "outputs",
    place: number,
  ) => number | undefined,
): VersionEdit[] {
  const edits: VersionEdit[] = [];
  for (const fn of functions) {
    for (const side of ["inputs", "outputs"] as const) {
      const recorded = fn[side];
      for (const [place, layer] of (recorded.kind === "list" ? recorded.layers : []).entries()) {
        if (layer.kind !== "text" || !layer.version) continue;
        const version = versionFor(layer.text, fn, side, place);
        if (version === undefined || version === parseLayerVersionArn(layer.text)?.version) continue;
        edits.push({ start: layer.version.start, end: layer.version.end, text: String(version) });
      }
    }
  }
  return edits;
}

/**
 * The patched state, in slices to be written one after the other: what is between the edits is not copied, and is the
 * same, byte by byte. Two calls give the same slices.
 * @param edits in any order, of versions that a scan of the same bytes found
 * @throws LayersError `internal`, before the first slice, for an edit that would touch anything but digits
 */
export function patchState(bytes: Uint8Array, edits: readonly VersionEdit[]): Iterable<Uint8Array> {
  const sorted = edits.toSorted((a, b) => a.start - b.start);
  let end = 0;
  for (const edit of sorted) {
    if (edit.start < end || !isVersion(bytes, edit)) {
      throw new LayersError("internal", `An edit at byte ${edit.start} would change more than a version's digits`);
    }
    end = edit.end;
  }
  return slices(bytes, sorted);
}

function* slices(bytes: Uint8Array, sorted: readonly VersionEdit[]): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  let end = 0;
  for (const edit of sorted) {
    yield bytes.subarray(end, edit.start);
    yield encoder.encode(edit.text);
    end = edit.end;
  }
  yield bytes.subarray(end);
}

const decoder = new TextDecoder();

/** Whether an edit puts a version in the place of digits; digits may be escaped, as in `\u0031`. */
function isVersion(bytes: Uint8Array, { start, end, text }: VersionEdit): boolean {
  const old = decoder.decode(bytes.subarray(start, end));
  return /^[1-9]\d*$/.test(text) && /^(\d|\\u003\d)+$/.test(old);
}

/**
 * Checks a patched state that was written and read back: it has the functions of the state before, with the layers of
 * before, at the versions of the edits.
 * @param before the facts that the edits were made from
 * @param after the scan of what was read back
 * @throws LayersError `verification-failed` that names the first function that is not as planned
 */
export function verifyPatched(before: StateFacts, edits: readonly VersionEdit[], after: StateFacts): void {
  const versions = new Map(edits.map(({ start, text }) => [start, text]));
  for (let i = 0; i < Math.max(before.functions.length, after.functions.length); i++) {
    const [was, is] = [before.functions[i], after.functions[i]];
    const planned =
      was?.urn === is?.urn &&
      isPlanned(was?.inputs, is?.inputs, versions) &&
      isPlanned(was?.outputs, is?.outputs, versions);
    if (planned) continue;
    throw new LayersError("verification-failed", `The patched state is not as planned at ${(was ?? is)?.urn}`);
  }
  if (before.resourceCount !== after.resourceCount) {
    throw new LayersError("verification-failed", "The patched state has another number of resources than before");
  }
  const { broken } = after.integrity;
  if (broken !== before.integrity.broken) {
    throw new LayersError("verification-failed", `The patched state breaks a rule of Pulumi's: ${broken}`);
  }
}

/** Whether layers are those of before at their new versions, which are known by the place of the old. */
function isPlanned(
  was: RecordedLayers | undefined,
  is: RecordedLayers | undefined,
  versions: ReadonlyMap<number, string>,
): boolean {
  if (was?.kind !== "list" || is?.kind !== "list") return was?.kind === is?.kind;
  const planned = was.layers.map((layer) => {
    const version = layer.kind === "text" && layer.version && versions.get(layer.version.start);
    return version ? layer.text.replace(/\d+$/, version) : textOf(layer);
  });
  return planned.length === is.layers.length && is.layers.every((layer, i) => textOf(layer) === planned[i]);
}

function textOf(layer: RecordedLayer): string {
  return layer.kind === "text" ? layer.text : layer.kind;
}
