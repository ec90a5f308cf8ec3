import { setTimeout as pause } from 'node:timers/promises';

/** Pauses before the next try where nobody answers, milliseconds: about ten minutes, in which a machine can start again. */
export const PAUSES_MS: readonly number[] = [0, 1000, 2000, 5000, ...Array.from({ length: 60 }, () => 10_000)];

/** Rejects with the signal's own reason. */
export const wait = (ms: number, signal: AbortSignal): Promise<void> => pause(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
