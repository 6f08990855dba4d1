import type {
  Policy,
  ResourceRemediation,
  ResourceValidation,
  ResourceValidationArgs,
  ResourceValidationPolicy,
} from "@pulumi/policy";
import { LayersError } from "../sdk/core/errors";
import { type Lines, shownLines } from "../sdk/core/text";
import type { PolicySettings } from "./config-source";
import type { PolicyContext, StackLayers } from "./context";
import { type FunctionView, isCloudControl, viewFunction } from "./function-view";
import { cleaned, type Report } from "./messages";
import { configSchema, tags } from "./metadata";
import { remediatedProperties } from "./remediated";

/** A policy without its check. */
export type PolicyAbout = Omit<Policy, "tags" | "configSchema">;

/** A policy over each function that needs no config; if there is one, it may register further function types. */
export function functionPolicy(
  context: PolicyContext,
  about: PolicyAbout,
  check: (fn: FunctionView, report: Report) => void,
): ResourceValidationPolicy {
  const validateResource: ResourceValidation = (args, reportRaw) => {
    const report = cleaned(reportRaw);
    const { property } = lookUp(context, about.name, args);
    review(context, args, property, (fn) => check(fn, report));
  };
  return { ...about, tags, configSchema, validateResource };
}

/**
 * A policy that compares each function with the config. A missing or invalid config is reported once, by the first
 * policy that needs it.
 */
export function declaredPolicy(
  context: PolicyContext,
  about: PolicyAbout,
  check: (fn: FunctionView, layers: StackLayers, report: Report) => void,
): ResourceValidationPolicy {
  const validateResource: ResourceValidation = (args, reportRaw) => {
    const report = cleaned(reportRaw);
    const refuse = (problem: Lines): never => {
      if (context.firstProblem(shownLines(problem), args.urn)) report(problem);
      return args.notApplicable("The layer config cannot be used, which is reported separately");
    };
    const { search, property } = lookUp(context, about.name, args);
    // An invalid file might have registered this resource's type, so it stops resources of any type.
    if (!search.found && (property !== undefined || !search.missing)) return refuse(search.problem);
    review(context, args, property, (fn) => {
      if (!search.found) return;
      try {
        check(fn, context.layersOf(search.config, args.urn), report);
      } catch (error) {
        if (error instanceof LayersError) return refuse(error.lines);
        throw error;
      }
    });
  };
  return { ...about, tags, configSchema, validateResource };
}

/**
 * The remediation that belongs to a {@link declaredPolicy}. If the config cannot be used nothing is changed: the
 * validation that follows reports it.
 * @param remediate changes the function's properties in place, and says whether it did
 */
export function declaredRemediation(
  context: PolicyContext,
  name: string,
  remediate: (fn: FunctionView, layers: StackLayers, property: string) => boolean,
): ResourceRemediation {
  return (args) => {
    const { search, property } = lookUp(context, name, args);
    if (property === undefined) return args.notApplicable(notAFunction);
    if (!search.found) return undefined;
    try {
      // Pulumi cannot change what it does not manage; the validation reports it.
      if (isCloudControl(args, property)) return undefined;
      const changed = remediate(viewFunction(args, property), context.layersOf(search.config, args.urn), property);
      return changed ? remediatedProperties(args.props, property) : undefined;
    } catch (error) {
      if (error instanceof LayersError) return undefined;
      throw error;
    }
  };
}

const notAFunction = "Applies to Lambda functions";

function lookUp(context: PolicyContext, policy: string, args: ResourceValidationArgs) {
  const { search, types } = context.lookUp(policy, args.getConfig<PolicySettings>());
  return { search, property: types.get(args.type) };
}

function review(
  context: PolicyContext,
  args: ResourceValidationArgs,
  property: string | undefined,
  check: (fn: FunctionView) => void,
): void {
  if (property === undefined) args.notApplicable(notAFunction);
  const fn = viewFunction(args, property);
  context.keepWanted(fn);
  check(fn);
  if (fn.unknown && context.first(`unknown layers: ${fn.urn}`)) throw fn.unknown.naming(whichLayers(fn));
}

function whichLayers({ name, layers }: FunctionView): string {
  const numbers = layers.flatMap(({ kind }, index) => (kind === "unknown" ? [index + 1] : []));
  return numbers.length > 0 ? `layer ${numbers.join(", ")} of function ${name}` : `the layers of function ${name}`;
}
