import { parseRoleArn } from "../arns";
import type { Context } from "../context";
import { ApiError } from "../errors";

interface AssumeRoleInput {
  RoleArn?: string;
  RoleSessionName?: string;
  DurationSeconds?: string;
}

export const stsOperations = {
  GetCallerIdentity(_input: object, { caller }: Context) {
    return { UserId: caller.userId, Account: caller.account, Arn: caller.arn };
  },

  AssumeRole(input: AssumeRoleInput, at: Context) {
    const role = parseRoleArn(input.RoleArn ?? "");
    const session = input.RoleSessionName ?? "";
    if (!/^[\w+=,.@-]{2,64}$/.test(session)) {
      throw new ApiError(
        400,
        "ValidationError",
        `Value '${session}' at 'roleSessionName' failed to satisfy constraint`,
      );
    }
    const { credentials, arn, userId } = at.identities.assume(role, session, Number(input.DurationSeconds ?? 3600));
    return { AssumedRoleUser: { AssumedRoleId: userId, Arn: arn }, Credentials: credentials };
  },
};
