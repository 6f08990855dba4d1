import { randomBytes } from "node:crypto";
import { type Context, recordWrite } from "../context";
import { ApiError } from "../errors";
import type { StoredRole } from "../store";

/** The members of all requests about one role, as in the query protocol. */
interface RoleInput {
  RoleName?: string;
  Path?: string;
  AssumeRolePolicyDocument?: string;
  PolicyDocument?: string;
  Description?: string;
  MaxSessionDuration?: string;
  PermissionsBoundary?: string;
  Tags?: Tag[];
  TagKeys?: string[];
}

type Tag = { Key: string; Value: string };

export const roleOperations = {
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
      PermissionsBoundary: boundary(input.PermissionsBoundary),
      Tags: input.Tags,
    };
    roles.set(name, role);
    recordWrite(at, "CreateRole", name, undefined, role);
    return { Role: role };
  },

  GetRole(input: RoleInput, at: Context) {
    return { Role: roleOf(input, at) };
  },

  UpdateRole(input: RoleInput, at: Context) {
    const { Description, MaxSessionDuration } = input;
    change(input, at, "UpdateRole", {
      ...(Description !== undefined && { Description }),
      ...(MaxSessionDuration !== undefined && { MaxSessionDuration: Number(MaxSessionDuration) }),
    });
    return {};
  },

  UpdateAssumeRolePolicy(input: RoleInput, at: Context): undefined {
    const AssumeRolePolicyDocument = encodeURIComponent(input.PolicyDocument ?? "");
    change(input, at, "UpdateAssumeRolePolicy", { AssumeRolePolicyDocument });
  },

  PutRolePermissionsBoundary(input: RoleInput, at: Context): undefined {
    const PermissionsBoundary = boundary(input.PermissionsBoundary);
    change(input, at, "PutRolePermissionsBoundary", { PermissionsBoundary });
  },

  DeleteRolePermissionsBoundary(input: RoleInput, at: Context): undefined {
    change(input, at, "DeleteRolePermissionsBoundary", { PermissionsBoundary: undefined });
  },

  ListRoleTags(input: RoleInput, at: Context) {
    return { Tags: roleOf(input, at).Tags ?? [], IsTruncated: false };
  },

  TagRole(input: RoleInput, at: Context): undefined {
    const added = input.Tags ?? [];
    change(input, at, "TagRole", {
      Tags: [
        ...without(
          roleOf(input, at),
          added.map(({ Key }) => Key),
        ),
        ...added,
      ],
    });
  },

  UntagRole(input: RoleInput, at: Context): undefined {
    change(input, at, "UntagRole", { Tags: without(roleOf(input, at), input.TagKeys ?? []) });
  },

  DeleteRole(input: RoleInput, at: Context): undefined {
    const role = roleOf(input, at);
    at.store.roles(at.account).delete(role.RoleName);
    recordWrite(at, "DeleteRole", role.RoleName, role, undefined);
  },
};

function roleOf({ RoleName: name = "" }: RoleInput, at: Context): StoredRole {
  const role = at.store.roles(at.account).get(name);
  if (!role) throw new ApiError(404, "NoSuchEntity", `The role with name ${name} cannot be found.`);
  return role;
}

function change(input: RoleInput, at: Context, operation: string, changes: Partial<StoredRole>): void {
  const before = roleOf(input, at);
  const after = { ...before, ...changes };
  at.store.roles(at.account).set(before.RoleName, after);
  recordWrite(at, operation, before.RoleName, before, after);
}

function boundary(arn: string | undefined): StoredRole["PermissionsBoundary"] {
  return arn ? { PermissionsBoundaryType: "Policy", PermissionsBoundaryArn: arn } : undefined;
}

const without = ({ Tags = [] }: StoredRole, keys: readonly string[]) => Tags.filter(({ Key }) => !keys.includes(Key));
