import type { ReportViolation } from "@pulumi/policy";
import type { DeclaredLayer } from "../sdk/core/config/declared";
import { whenText } from "../sdk/core/config/when";
import type { DeclaredForm } from "../sdk/core/form";
import { formatPosition } from "../sdk/core/problem";
import { type Lines, shownLines, withoutCommands } from "../sdk/core/text";
import { inlineConfigName } from "./config-source";

// Messages name functions, layers, versions, runtimes and regions, and nothing else of a resource: the policy SDK does
// not say which values are secret. A text that is not a layer version ARN is never quoted, because it may be anything.

/** `layer_config.yaml:3:14`: where a layer is declared. */
export function placeOf({ key, source }: Pick<DeclaredLayer, "key" | "source">): string {
  return source.file === inlineConfigName ? `${inlineConfigName} for ${key}` : formatPosition(source);
}

/** `layer_config.yaml:3:14 declares version 5`: what is declared, and where. */
export function declaration(declared: DeclaredForm): string {
  const least = declared.enforce === "minimum" ? "at least " : "";
  const which = declared.variant ? ` for ${whenText(declared.variant.when)}` : "";
  return `${placeOf(declared)} declares ${least}version ${declared.version}${which}`;
}

/** `a, b and c`; for many, the first few and how many more. */
export function listed(names: readonly string[], most = 5): string {
  if (names.length > most) return `${names.slice(0, most).join(", ")} and ${names.length - most} more`;
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** Reports a violation: a text is one line, whatever it holds. */
export type Report = (message: Lines, urn?: string) => void;

/** A report whose messages cannot act as commands to a terminal or CI system, whatever names they contain. */
export function cleaned(report: ReportViolation): Report {
  return (message, urn) => report(withoutCommands(shownLines(message)), urn);
}
