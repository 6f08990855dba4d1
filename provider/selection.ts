import type { FunctionSelection } from "../sdk/core/live";

/** The engine's placeholder for an unknown value in previews. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Whether a value is or contains an unknown one. */
export function hasUnknown(value: unknown): boolean {
  if (value === unknown) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(hasUnknown);
}

/** The part of a selection that is known; in a preview, names may be outputs of functions that do not exist yet. */
export function knownPart({ names, prefix, tags }: FunctionSelection): FunctionSelection {
  return {
    names: Array.isArray(names) ? names.filter((name) => name !== unknown) : [],
    ...(!hasUnknown(prefix) && { prefix }),
    // A part of the tags would select more functions than all of them.
    ...(!hasUnknown(tags) && { tags }),
  };
}

/** Whether a selection cannot select any function. */
export function isEmpty({ names, prefix, tags }: FunctionSelection): boolean {
  return !names?.length && prefix === undefined && tags === undefined;
}
