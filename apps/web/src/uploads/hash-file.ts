export type HashAnswer =
  | { readonly type: 'progress'; readonly done: number }
  | { readonly type: 'hashed'; readonly sha256: string }
  | { readonly type: 'unreadable' };

interface HashOptions {
  readonly onProgress: (doneBytes: number) => void;
  readonly signal: AbortSignal;
}

/** SHA-256 of a file in hex; null where this browser cannot compute it. Rejects with the signal's reason. */
export function hashFile(file: File, { onProgress, signal }: HashOptions): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./hash-worker.ts', import.meta.url), { type: 'module' });
    const end = (sha256: string | null) => {
      worker.terminate();
      resolve(sha256);
    };
    worker.onmessage = ({ data }: MessageEvent<HashAnswer>) => {
      if (data.type === 'progress') onProgress(data.done);
      else end(data.type === 'hashed' ? data.sha256 : null);
    };
    worker.onerror = () => end(null);
    const stop = () => {
      worker.terminate();
      reject(signal.reason);
    };
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    worker.postMessage(file);
  });
}
