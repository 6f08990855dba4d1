import type { AwsPort, Ports } from "../../ports";

/** The account and region of a session. */
export interface SessionTarget {
  /** Default: the run's own, otherwise the environment's. */
  readonly region: string | undefined;
  /** Default: the run's own, otherwise the environment's. */
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
 * Does the same for all items in parallel, because accounts and regions have separate budgets. If one fails, the others
 * are still awaited, so that nothing goes on after this returns.
 * @throws the first error, in the order of the items
 */
export async function sideBySide<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const settled = await Promise.allSettled(items.map(work));
  return settled.map((one) => {
    if (one.status === "rejected") throw one.reason;
    return one.value;
  });
}
