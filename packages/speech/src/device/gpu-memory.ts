/** How much of the GPU's memory is in use while something runs: its driver tells of now alone, so it is asked again and again. */
import { setTimeout as delay } from 'node:timers/promises';
import { readGpus } from './read-gpus.ts';

const LOOK_EVERY_MS = 500;

export interface GpuMemoryWatch {
  /** Bytes at most, of all programs together; null where nobody tells. */
  readonly stop: () => Promise<number | null>;
}

/** Of the first GPU, which is the one that computes. */
export function watchGpuMemory(read: () => ReturnType<typeof readGpus> = readGpus): GpuMemoryWatch {
  const stopping = new AbortController();
  let most: number | null = null;
  const look = async (): Promise<void> => {
    const [gpu] = await read();
    if (gpu) most = Math.max(most ?? 0, gpu.totalBytes - gpu.freeBytes);
  };
  const looking = (async () => {
    while (!stopping.signal.aborted) {
      await look();
      // Whoever forgets to stop it does not wait for it.
      await delay(LOOK_EVERY_MS, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined);
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await looking;
      await look();
      return most;
    },
  };
}
