/** Adds up the time of a step that runs in many small parts. */
export class Stopwatch {
  wallMs = 0;
  cpuMs = 0;

  /** CPU time is that of the whole process while `work` runs: with one step at a time, that of the step. */
  async measure<T>(work: () => Promise<T>): Promise<T> {
    const begin = performance.now();
    const used = process.cpuUsage();
    try {
      return await work();
    } finally {
      const { user, system } = process.cpuUsage(used);
      this.wallMs += performance.now() - begin;
      this.cpuMs += (user + system) / 1000;
    }
  }

  /** The same items; counts the time that their reader waits for them. */
  async *follow<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
    const iterator = items[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await this.measure(() => iterator.next());
        if (next.done) return;
        yield next.value;
      }
    } finally {
      await iterator.return?.();
    }
  }
}
