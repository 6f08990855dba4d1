import { randomBytes } from "node:crypto";
import { type Context, recordWrite } from "../context";
import { ApiError } from "../errors";
import { page } from "../pages";
import type { StoredRole } from "../store";

const LARGEST_PAGE = 100;

interface RoleInput {
  RoleName?: string;
  Path?: string;
  AssumeRolePolicyDocument?: string;
  Description?: string;
  MaxSessionDuration?: string;
}

interface SimulateInput {
  PolicySourceArn?: string;
  ActionNames?: string[];
  ResourceArns?: string[];
  Marker?: string;
  MaxItems?: string;
}

export const iamOperations = {
  CreateRole(input: RoleInput, at: Context) {
    const name = input.RoleName ?? "";
    const roles = at.store.roles(at.account);
    if (roles.has(name)) throw new ApiError(409, "EntityAlreadyExists", `Role with name ${name} already exists.`);
    const path = input.Path ?? "/";
    const role: StoredRole = {
      Path: path,
      RoleName: name,
      RoleId: `AROA${randomBytes(8).toString("hex").toUpperCase()}`,
      Arn: `arn:aws:iam::${at.account}:role${path}${name}`,
      CreateDate: new Date().toISOString(),
      AssumeRolePolicyDocument: encodeURIComponent(input.AssumeRolePolicyDocument ?? ""),
      Description: input.Description,
      MaxSessionDuration: Number(input.MaxSessionDuration ?? 3600),
    };
    roles.set(name, role);
    recordWrite(at, "CreateRole", name, undefined, role);
    return { Role: role };
  },

  GetRole(input: RoleInput, at: Context) {
    return { Role: roleOf(input, at) };
  },

  DeleteRole(input: RoleInput, at: Context): undefined {
    const role = roleOf(input, at);
    at.store.roles(at.account).delete(role.RoleName);
    recordWrite(at, "DeleteRole", role.RoleName, role, undefined);
  },

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

function roleOf({ RoleName: name = "" }: RoleInput, at: Context): StoredRole {
  const role = at.store.roles(at.account).get(name);
  if (!role) throw new ApiError(404, "NoSuchEntity", `The role with name ${name} cannot be found.`);
  return role;
}
