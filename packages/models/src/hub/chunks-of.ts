import type { Readable } from 'node:stream';

/** Chunks that may wait to be written before the stream is held back; undici's are at most 64 KiB. */
const MAX_WAITING = 16;

/**
 * Every chunk that has arrived, also those that came just before the stream failed: iterating over the stream itself would
 * lose them, and a line that is cut again and again would never get on. It listens from this call on, not from the first
 * `next`, for the same reason. `failed`: what to throw for the stream's error.
 */
export function chunksOf(stream: Readable, failed: (cause: unknown) => unknown): AsyncGenerator<Uint8Array, void> {
  const waiting: Uint8Array[] = [];
  let over: { failure?: unknown } | undefined;
  let change = Promise.withResolvers<void>();
  const end = (failure?: unknown): void => {
    over ??= { failure };
    change.resolve();
  };
  stream.once('end', end).once('close', end).on('error', end);
  stream.on('data', (chunk: Uint8Array) => {
    if (waiting.push(chunk) >= MAX_WAITING) stream.pause();
    change.resolve();
  });

  async function* take(): AsyncGenerator<Uint8Array, void> {
    try {
      for (;;) {
        const chunk = waiting.shift();
        if (chunk) yield chunk;
        else if (over) break;
        else {
          change = Promise.withResolvers();
          stream.resume();
          await change.promise;
        }
      }
      if (over.failure !== undefined) throw failed(over.failure);
    } finally {
      stream.destroy();
    }
  }
  return take();
}
