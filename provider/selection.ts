import type { FunctionSelection } from "../sdk/core/live";

/** What Pulumi's engine sends in place of a value that is not known yet, in previews. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Whether a value is unknown, or holds one that is. */
export function hasUnknown(value: unknown): boolean {
  if (value === unknown) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(hasUnknown);
}

/** The part of a selection that is known; in a preview, names may be outputs of functions that do not exist yet. */
export function knownPart({ names, prefix, tags }: FunctionSelection): FunctionSelection {
  return {
    names: Array.isArray(names) ? names.filter((name) => name !== unknown) : [],
    ...(!hasUnknown(prefix) && { prefix }),
    // Half of the tags would mean more functions than all of them.
    ...(!hasUnknown(tags) && { tags }),
  };
}

/** Whether a selection can mean no function at all. */
export function isEmpty({ names, prefix, tags }: FunctionSelection): boolean {
  return !names?.length && prefix === undefined && tags === undefined;
}
