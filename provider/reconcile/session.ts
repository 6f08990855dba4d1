import { connectAws } from "../../sdk/aws/session";
import { LayersError } from "../../sdk/core/errors";
import type { AwsPort } from "../../sdk/ports";
import { cleanLines } from "../host/say";
import type { Settings } from "../resource/record";

/** Runs with a session of the recorded account and region. */
export async function withAws<T>(
  { region, profile, roleArn }: Pick<Settings, "region" | "profile" | "roleArn">,
  work: (aws: AwsPort) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const aws = await connectAws({ region, profile, roleArn }, { signal });
  try {
    return await work(aws);
  } finally {
    aws.close();
  }
}

/** Pulumi prints the stack of a handler's error; the message of ours is enough. */
export async function orPlainError<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof LayersError)) throw error;
    throw Object.assign(new Error(cleanLines(error.lines)), { stack: "" });
  }
}
