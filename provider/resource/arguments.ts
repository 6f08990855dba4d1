import { layerVersionsInputs } from "./inputs";
import { isLiteral } from "./literal";
import { type InputProblem, pathTo, problemsWith } from "./problems";
import { unknown } from "./selection";

const { views: _, ...properties } = layerVersionsInputs;
const shape = { kind: "object", name: "", description: "", properties } as const;

/** What is wrong with arguments, as messages: misspelt names, and values of other types. Outputs are looked at later. */
export function argumentProblems(args: unknown): string[] {
  const early: InputProblem[] = [];
  const known = withoutOutputs(args ?? {}, "", early);
  return [...early, ...problemsWith(known, shape, "")].map(({ path, reason }) =>
    path === "" ? `Its arguments cannot be used. ${reason}` : `${path}: ${reason}`,
  );
}

/** What cannot be an output, because the program needs it to read the config: all but versions and ARNs of `layers`. */
const neededAtOnce = /^(?:configFile|layers(?!.*[.\]](?:version|arn)$).*)?$/;

/** @param early receives outputs where there can be none */
function withoutOutputs(value: unknown, path: string, early: InputProblem[]): unknown {
  if (!isLiteral(value)) {
    const reason = "It cannot be an output or a promise, because it is needed before anything is deployed.";
    if (value !== unknown && neededAtOnce.test(path)) early.push({ path, reason });
    return unknown;
  }
  if (Array.isArray(value)) return value.map((one, index) => withoutOutputs(one, `${path}[${index}]`, early));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, withoutOutputs(one, pathTo(path, key), early)]),
  );
}
