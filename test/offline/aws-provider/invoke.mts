import type { Aws } from "./aws.mts";
import type { Properties } from "./values.mts";

/** Answers `aws.getRegion()` and `aws.getCallerIdentity()`. */
export async function invoke(token: string, aws: Aws): Promise<Properties> {
  if (token === "aws:index/getRegion:getRegion") {
    return { id: aws.region, name: aws.region, region: aws.region };
  }
  if (token === "aws:index/getCallerIdentity:getCallerIdentity") {
    const { GetCallerIdentityCommand } = await import("@aws-sdk/client-sts");
    const client = await aws.sts();
    const { Account = "", Arn = "", UserId = "" } = await client.send(new GetCallerIdentityCommand({}));
    return { accountId: Account, arn: Arn, id: Account, userId: UserId };
  }
  throw new Error(`the stand-in for the AWS provider has no function ${token}`);
}
