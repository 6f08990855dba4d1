import type { Context } from "../context";
import { page } from "../pages";
import { roleOperations } from "./roles";

const LARGEST_PAGE = 100;

interface SimulateInput {
  PolicySourceArn?: string;
  ActionNames?: string[];
  ResourceArns?: string[];
  Marker?: string;
  MaxItems?: string;
}

export const iamOperations = {
  ...roleOperations,

  /** Answers for the calling key whatever the policy source: denials are ordered by key, not by policy. */
  SimulatePrincipalPolicy(input: SimulateInput, at: Context) {
    const results = (input.ActionNames ?? []).flatMap((action) =>
      (input.ResourceArns ?? ["*"]).map((resource) => ({ action, resource })),
    );
    const numbered = results.map((result, index) => ({ ...result, index }));
    const wanted = { marker: input.Marker, size: input.MaxItems === undefined ? undefined : Number(input.MaxItems) };
    const { items, next } = page(numbered, ({ index }) => index, wanted, LARGEST_PAGE);
    return {
      EvaluationResults: items.map(({ action, resource }) => ({
        EvalActionName: action,
        EvalResourceName: resource,
        EvalDecision: at.permissions.allows(at.caller, action, resource) ? "allowed" : "implicitDeny",
      })),
      IsTruncated: next !== undefined,
      Marker: next,
    };
  },
};
