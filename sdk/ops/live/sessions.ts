import type { AwsPort, Ports } from "../../ports";

/** Whom a session is for. */
export interface SessionTarget {
  /** Undefined: the run's own, else the environment's. */
  readonly region: string | undefined;
  /** Undefined: the run's own, else the environment's. */
  readonly profile?: string;
}

/** Works with a session, and closes it. */
export async function withSession<T>(
  { aws: gateway }: Pick<Ports, "aws">,
  { region, profile }: SessionTarget,
  work: (aws: AwsPort) => Promise<T>,
): Promise<T> {
  const aws = await gateway.connect(region, profile);
  try {
    return await work(aws);
  } finally {
    aws.close();
  }
}

/**
 * Does the same for each item at the same time, as accounts and regions have budgets of their own. If one fails, the
 * others still come to their end: what they do to AWS must not go on behind the back of the caller.
 * @throws the first error, in the order of the items
 */
export async function sideBySide<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const settled = await Promise.allSettled(items.map(work));
  return settled.map((one) => {
    if (one.status === "rejected") throw one.reason;
    return one.value;
  });
}
