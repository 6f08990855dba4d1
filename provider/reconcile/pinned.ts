import type { LiveFunction } from "../../sdk/core/live";
import type { Request, StackRecords } from "../resource/record";

/**
 * Determines which functions are the program's own, so that this resource must leave them alone. If Pulumi generates
 * the physical name, the function may also be another stack's of the same program: naming it exactly selects it.
 * @param recorded the stack's own functions
 */
export function ownFunctions(
  { pinned, pinnedBehindNames, selection }: Pick<Request, "pinned" | "pinnedBehindNames" | "selection">,
  recorded: StackRecords["owned"],
): (fn: Pick<LiveFunction, "name" | "arn">) => boolean {
  const names = new Set([...pinned.names, ...(Array.isArray(pinnedBehindNames) ? pinnedBehindNames : [])]);
  const named = new Set(selection.names);
  const others = new Set(pinned.others);
  // The program may not have reached these yet. Functions that it declares without layers are left to others.
  const owned = new Set(recorded.filter(({ resource }) => !others.has(resource)).map(({ arn }) => arn));
  const generated = pinned.autoNamed.length > 0 ? new RegExp(`^(?:${pinned.autoNamed.join("|")})$`) : undefined;
  return ({ name, arn }) => {
    if (names.has(name)) return true;
    if (named.has(name)) return false;
    return owned.has(arn) || (generated?.test(name) ?? false);
  };
}
