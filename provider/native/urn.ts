import { resourceToken } from "./interface";

/** @throws Error if it is not the plugin's resource */
export function requireResource(urn: string): void {
  const type = urn.split("::")[2]?.split("$").at(-1);
  if (type !== resourceToken) throw new Error(`A program cannot declare ${type}, only ${resourceToken}.`);
}

/** The name of the stack, without its organization. */
export function stackOf(urn: string): string {
  return (urn.split("::")[0] ?? "").replace(/^urn:pulumi:/, "");
}

/** The resource's place in its stack: its type, with those of its parents, and its name. */
export function placeOf(urn: string): string {
  return urn.split("::").slice(2).join("::");
}

/** The resource's name in the program. */
export function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}
