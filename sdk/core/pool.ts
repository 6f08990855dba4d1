/**
 * Maps items with at most `concurrency` of them at work, results in the order of the items. After the first failure no
 * other item is started, and those in progress are awaited, so that nothing goes on after this returns.
 * @throws the first error
 */
export async function pooled<T, R>(
  items: readonly T[],
  concurrency: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  // An ES module, which not every Node.js 22 can require.
  const { default: pMap } = await import("p-map");
  const begun: Promise<R>[] = [];
  const begin = (item: T) => {
    const result = work(item);
    begun.push(result);
    return result;
  };
  try {
    return await pMap(items, begin, { concurrency });
  } finally {
    await Promise.allSettled(begun);
  }
}
