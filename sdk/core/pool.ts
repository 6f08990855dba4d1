/**
 * Maps items with at most `concurrency` of them at work, results in the order of the items.
 * Fails with the first error.
 */
export async function pooled<T, R>(
  items: readonly T[],
  concurrency: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const { default: PQueue } = await import("p-queue");
  const queue = new PQueue({ concurrency });
  return queue.addAll(items.map((item) => () => work(item)));
}
