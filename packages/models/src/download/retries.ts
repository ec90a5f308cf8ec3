import { AppError } from '@bulk-transcribe/protocol';
import { TemporaryFailure } from '../hub/temporary-failure.ts';

/** Resolves after so many milliseconds; rejects with the signal's reason. */
export type Wait = (ms: number, signal: AbortSignal) => Promise<void>;

export interface Retries {
  readonly wait: Wait;
  readonly signal: AbortSignal;
  /** Counts up as work gets done: after progress the failures count from one again. */
  readonly progress?: () => number;
}

/** Failures in a row after which it is given up. */
const MAX_FAILURES = 6;
/** Pauses: 1, 2, 4, 8, 16 s. */
const FIRST_PAUSE_MS = 1000;
/** A server that asks for a longer pause is asked another day. */
const MAX_PAUSE_MS = 120_000;

/** Tries again after a TemporaryFailure; the last one becomes AppError model_download_failed. */
export async function withRetries<T>(attempt: () => Promise<T>, { wait, signal, progress = () => 0 }: Retries): Promise<T> {
  let failures = 0;
  let reached = progress();
  for (;;) {
    try {
      return await attempt();
    } catch (cause) {
      if (!(cause instanceof TemporaryFailure)) throw cause;
      failures = progress() > reached ? 1 : failures + 1;
      reached = progress();
      const pauseMs = cause.retryAfterMs ?? FIRST_PAUSE_MS * 2 ** (failures - 1);
      if (failures >= MAX_FAILURES || pauseMs > MAX_PAUSE_MS) throw givenUp(cause, failures);
      await wait(pauseMs, signal);
    }
  }
}

function givenUp(cause: TemporaryFailure, failures: number): AppError {
  const asked = cause.retryAfterMs === undefined ? '' : ` It asks to wait ${Math.ceil(cause.retryAfterMs / 1000)} s.`;
  return new AppError('model_download_failed', `${cause.message} Tried ${failures} times.${asked}`, { cause });
}
