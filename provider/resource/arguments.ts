import { layerVersionsInputs } from "./inputs";
import { isLiteral } from "./literal";
import { problemsWith } from "./problems";
import { unknown } from "./selection";

const { views: _, ...properties } = layerVersionsInputs;
const shape = { kind: "object", name: "", description: "", properties } as const;

/** What is wrong with arguments, as messages: misspelt names, and values of other types. Outputs are looked at later. */
export function argumentProblems(args: unknown): string[] {
  return problemsWith(withoutOutputs(args ?? {}), shape, "").map(({ path, reason }) =>
    path === "" ? `Its arguments cannot be used. ${reason}` : `${path}: ${reason}`,
  );
}

function withoutOutputs(value: unknown): unknown {
  if (!isLiteral(value)) return unknown;
  if (Array.isArray(value)) return value.map(withoutOutputs);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withoutOutputs(one)]));
}
