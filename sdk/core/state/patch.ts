import { layerArn, parseLayerVersionArn } from "../arn";
import { LayersError } from "../errors";
import type { FunctionFacts, RecordedLayer, RecordedLayers, StateFacts } from "./facts";
import { type ByteRange, decodeString } from "./text";

/** The replacement of one version's digits, or of one layer version ARN by that of another layer. Plain data. */
export interface LayerEdit extends ByteRange {
  /** The new digits, or the new ARN. */
  readonly text: string;
}

/**
 * The edits that bring recorded layers to their targets, in the inputs and outputs of each function, if these are plain
 * lists: a version's digits, or the whole ARN for another layer.
 * @param targetFor the target ARN of a layer, given its index in the recorded list; undefined if it stays
 */
export function layerEdits(
  functions: Iterable<FunctionFacts>,
  targetFor: (
    layerVersionArn: string,
    fn: FunctionFacts,
    side: "inputs" | "outputs",
    place: number,
  ) => string | undefined,
): LayerEdit[] {
  const edits: LayerEdit[] = [];
  for (const fn of functions) {
    for (const side of ["inputs", "outputs"] as const) {
      const recorded = fn[side];
      for (const [place, layer] of (recorded.kind === "list" ? recorded.layers : []).entries()) {
        if (layer.kind !== "text" || !layer.version) continue;
        const target = targetFor(layer.text, fn, side, place);
        const edit =
          target === undefined ? undefined : editOf(layer.text, { ...layer, version: layer.version }, target);
        if (edit) edits.push(edit);
      }
    }
  }
  return edits;
}

/** The edit of one recorded layer; undefined if it is at its target, even if written differently. */
function editOf(
  text: string,
  { start, version }: { readonly start: number; readonly version: ByteRange },
  target: string,
): LayerEdit | undefined {
  const [is, wanted] = [parseLayerVersionArn(text), parseLayerVersionArn(target)];
  if (!is || !wanted) throw new LayersError("internal", `${target} is to replace ${text}`);
  if (layerArn(is) !== layerArn(wanted)) return { start, end: version.end, text: target };
  return is.version === wanted.version ? undefined : { ...version, text: String(wanted.version) };
}

/**
 * The patched state, as slices to be written in order: bytes between the edits are neither copied nor changed. Can be
 * iterated several times.
 * @param edits in any order, of layers that a scan of the same bytes found
 * @throws LayersError `internal`, before the first slice, for an edit that would touch anything but the digits of a
 * version or one ARN
 */
export function patchState(bytes: Uint8Array, edits: readonly LayerEdit[]): Iterable<Uint8Array> {
  const sorted = edits.toSorted((a, b) => a.start - b.start);
  let end = 0;
  for (const edit of sorted) {
    if (edit.start < end || !(isVersion(bytes, edit) || isArn(bytes, edit))) {
      throw new LayersError(
        "internal",
        `An edit at byte ${edit.start} would change more than a layer's version or ARN`,
      );
    }
    end = edit.end;
  }
  return { [Symbol.iterator]: () => slices(bytes, sorted) };
}

function* slices(bytes: Uint8Array, sorted: readonly LayerEdit[]): Generator<Uint8Array> {
  let end = 0;
  for (const edit of sorted) {
    yield bytes.subarray(end, edit.start);
    yield Buffer.from(edit.text);
    end = edit.end;
  }
  yield bytes.subarray(end);
}

const decoder = new TextDecoder();

/** Whether an edit replaces digits with a version; digits may be escaped, as in `\u0031`. */
function isVersion(bytes: Uint8Array, { start, end, text }: LayerEdit): boolean {
  return /^[1-9]\d*$/.test(text) && (areDigits(bytes, start, end) || areDigitsWithEscapes(bytes, start, end));
}

/** Almost all versions are written without escapes, and a state can have many. */
function areDigits(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const byte = bytes[i] ?? 0;
    if (byte < 0x30 || byte > 0x39) return false;
  }
  return end > start;
}

function areDigitsWithEscapes(bytes: Uint8Array, start: number, end: number): boolean {
  return /^(\d|\\u003\d)+$/.test(decoder.decode(bytes.subarray(start, end)));
}

const quote = 0x22;

/** Whether an edit replaces the whole text of one layer version ARN with another; the old one may be escaped. */
function isArn(bytes: Uint8Array, { start, end, text }: LayerEdit): boolean {
  if (bytes[start - 1] !== quote || bytes[end] !== quote || !parseLayerVersionArn(text)) return false;
  try {
    return parseLayerVersionArn(decodeString(bytes, start - 1, end + 1)) !== undefined;
  } catch {
    return false;
  }
}

/**
 * Checks a patched state that was written and read back: it has the same functions and layers as before, with the
 * versions and ARNs of the edits.
 * @param before the facts that the edits were made from
 * @param after the scan of what was read back
 * @throws LayersError `verification-failed` that names the first function that is not as planned
 */
export function verifyPatched(before: StateFacts, edits: readonly LayerEdit[], after: StateFacts): void {
  const texts = new Map(edits.map(({ start, text }) => [start, text]));
  for (let i = 0; i < Math.max(before.functions.length, after.functions.length); i++) {
    const [was, is] = [before.functions[i], after.functions[i]];
    const planned =
      was?.urn === is?.urn && isPlanned(was?.inputs, is?.inputs, texts) && isPlanned(was?.outputs, is?.outputs, texts);
    if (planned) continue;
    throw new LayersError("verification-failed", `The patched state differs from the plan at ${(was ?? is)?.urn}`);
  }
  if (before.resourceCount !== after.resourceCount) {
    throw new LayersError("verification-failed", "The patched state has a different number of resources");
  }
  const { broken } = after.integrity;
  if (broken?.what !== before.integrity.broken?.what) {
    throw new LayersError("verification-failed", `The patched state would be invalid: ${broken?.what}`);
  }
}

/** Whether layers are the earlier ones with their new versions and ARNs, which are keyed by the old offsets. */
function isPlanned(
  was: RecordedLayers | undefined,
  is: RecordedLayers | undefined,
  texts: ReadonlyMap<number, string>,
): boolean {
  if (was?.kind !== "list" || is?.kind !== "list") return was?.kind === is?.kind;
  const planned = was.layers.map((layer) => {
    if (layer.kind !== "text" || !layer.version) return textOf(layer);
    const version = texts.get(layer.version.start);
    return texts.get(layer.start) ?? (version ? layer.text.replace(/\d+$/, version) : layer.text);
  });
  return planned.length === is.layers.length && is.layers.every((layer, i) => textOf(layer) === planned[i]);
}

function textOf(layer: RecordedLayer): string {
  return layer.kind === "text" ? layer.text : layer.kind;
}
