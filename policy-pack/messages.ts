import type { DeclaredLayer } from "../sdk/core/config/declared";
import { formatPosition } from "../sdk/core/problem";
import { inlineConfigName } from "./config-source";

// Messages name functions, layers, versions, runtimes and regions, and nothing else of a resource: the policy SDK does
// not say which values are secret. A text that is no layer version ARN is never quoted, as it may be anything.

/** `layer_config.yaml:3:14 declares version 5`: where a layer's version comes from. */
export function declaration({ key, version, enforce, source }: DeclaredLayer): string {
  const where = source.file === inlineConfigName ? `${inlineConfigName} (layer ${key})` : formatPosition(source);
  return `${where} declares ${enforce === "minimum" ? "at least version" : "version"} ${version}`;
}

/** `a, b and c`; of many, the first few and how many more. */
export function listed(names: readonly string[], most = 5): string {
  if (names.length > most) return `${names.slice(0, most).join(", ")} and ${names.length - most} more`;
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
