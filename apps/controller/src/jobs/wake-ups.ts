/** Tells listeners of this process that something changed under a topic; what changed they read from the database. */
export class WakeUps {
  readonly #topics = new Map<string, Set<WakeUp>>();

  listen(topic: string): WakeUp {
    const listeners = this.#topics.get(topic) ?? new Set();
    this.#topics.set(topic, listeners);
    const wakeUp = new WakeUp(() => {
      listeners.delete(wakeUp);
      if (listeners.size === 0) this.#topics.delete(topic);
    });
    listeners.add(wakeUp);
    return wakeUp;
  }

  ring(topic: string): void {
    for (const wakeUp of this.#topics.get(topic) ?? []) wakeUp.ring();
  }
}

/** One listener. A ring between two waits is kept, so that whoever reads first and waits then misses nothing. */
export class WakeUp implements Disposable {
  readonly #leave: () => void;
  #rung = false;
  #answer: (() => void) | null = null;

  constructor(leave: () => void) {
    this.#leave = leave;
  }

  ring(): void {
    this.#rung = true;
    this.#answer?.();
  }

  /** Resolves with the next ring, at once where one has come since the last wait. Rejects with the signal's reason. */
  async next(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const abort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    this.#answer = resolve;
    if (this.#rung) resolve();
    try {
      await promise;
    } finally {
      this.#rung = false;
      this.#answer = null;
      signal.removeEventListener('abort', abort);
    }
  }

  [Symbol.dispose](): void {
    this.#leave();
  }
}
