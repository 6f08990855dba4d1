import type { FunctionSelection } from "../../sdk/core/live";

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

/** What a preview says of functions that it cannot look at, because what names them is not known yet. */
export function unknownFunctions(selection: FunctionSelection, settings: object): string[] {
  const unknownIn = (values: object) =>
    Object.entries(values).flatMap(([key, value]) => (hasUnknown(value) ? key : []));
  const parts = unknownIn(selection).map((key) => `functions.${key}`);
  const others = Object.keys(selection).length > 0 ? unknownIn(settings) : [];
  const [first, ...more] = [...others, ...parts];
  if (first === undefined) return [];
  const which = others.length > 0 ? "The functions" : "Some of the functions";
  const why = more.length > 0 ? `${[first, ...more].join(", ")} are` : `${first} is`;
  return [
    `Warning: ${which} to update are unknown until \`pulumi up\`, because ${why}. They are looked at and checked then.`,
  ];
}

/** What a preview says of a prefix and tags that no function of the region has. */
export function noneSelected({ prefix, tags }: FunctionSelection, region: string): string {
  const pairs = Object.entries(tags ?? {}).map(([key, value]) => `${key}=${value}`);
  const parts = [
    ...(prefix === undefined ? [] : [`the prefix "${prefix}"`]),
    ...(pairs.length === 0 ? [] : [`the ${pairs.length > 1 ? "tags" : "tag"} ${pairs.join(", ")}`]),
  ];
  return `Warning: No function in ${region} has ${parts.join(" or ")}, so none is selected.`;
}
