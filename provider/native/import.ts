import type { FunctionSelection } from "../resource/inputs";

/**
 * Parses the function selection of an import: `fn-01,fn-02`, `prefix=billing-`, `tag:team=x`, separated by commas.
 * @throws Error the text selects none
 */
export function readSelection(id: string): FunctionSelection {
  const parts = id.split(",").map((part) => part.trim());
  const names = parts.filter((part) => !/^(?:prefix=|tag:)/.test(part));
  const prefixes = parts.flatMap((part) => /^prefix=(.*)$/.exec(part)?.[1] ?? []);
  const tags = parts.flatMap((part) => {
    const [, key, value] = /^tag:([^=]+)=(.*)$/.exec(part) ?? [];
    return key === undefined ? [] : [[key, value ?? ""] as const];
  });
  const isWrong = names.includes("") || prefixes.length > 1 || prefixes.includes("");
  if (isWrong || parts.some((part) => part.startsWith("tag:") && !/^tag:[^=]+=/.test(part)))
    throw new Error(
      `"${id}" does not select functions. Give their names, separated by commas, the start of their names as prefix=NAME, or tags as tag:KEY=VALUE.`,
    );
  return {
    ...(names.length > 0 && { names }),
    ...(prefixes.length > 0 && { prefix: prefixes[0] }),
    ...(tags.length > 0 && { tags: Object.fromEntries(tags) }),
  };
}
