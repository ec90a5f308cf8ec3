/** Runs `work` for every item, `limit` at a time. The first failure ends the others, and is thrown once they have ended. */
export async function eachAtOnce<T>(
  items: readonly T[],
  work: (item: T, signal: AbortSignal) => Promise<void>,
  { limit, signal }: { limit: number; signal: AbortSignal },
): Promise<void> {
  const stop = new AbortController();
  const all = AbortSignal.any([signal, stop.signal]);
  const queue = items.values();
  const runner = async (): Promise<void> => {
    for (const item of queue) {
      all.throwIfAborted();
      await work(item, all);
    }
  };
  const runners = Array.from({ length: limit }, () =>
    runner().catch((cause: unknown) => {
      stop.abort(cause);
      throw cause;
    }),
  );
  await Promise.allSettled(runners);
  if (stop.signal.aborted) throw stop.signal.reason;
}
