import type { Request } from "./record";

/**
 * Whether the program pins a function, so that this resource has to leave it alone. Where Pulumi makes up the physical
 * name (a hyphen and 7 hex digits behind the logical one), the function may also be another stack's of the same
 * program: naming it exactly says that it is meant.
 */
export function isPinned({ pinned, pinnedBehindNames, selection }: Request, name: string): boolean {
  if (pinned.names.includes(name)) return true;
  if (Array.isArray(pinnedBehindNames) && pinnedBehindNames.includes(name)) return true;
  const logicalName = /^(.*)-[0-9a-f]{7}$/.exec(name)?.[1];
  return logicalName !== undefined && pinned.autoNamed.includes(logicalName) && !selection.names?.includes(name);
}
