import type { EndReason } from '@bulk-transcribe/protocol';
import type { Logger } from 'pino';
import { type Clock, pauseOn } from './clock.ts';
import type { Lifecycle } from './lifecycle.ts';
import { RESCUE_MS, SETTLE_MS } from './limits.ts';
import type { Platform } from './platform.ts';
import { type SeppukuOptions, seppuku } from './seppuku.ts';

export interface EndOfLifeOptions extends Pick<SeppukuOptions, 'client' | 'graphql'> {
  readonly lifecycle: Lifecycle;
  readonly platform: Platform;
  readonly clock: Clock;
  readonly log: Logger;
  /** Aborts when the process is closing anyway. */
  readonly signal: AbortSignal;
  /** Breaks off what runs and brings everything to disk. */
  readonly settle: () => Promise<void>;
  /** Brings results that nobody fetched to where they outlive the pod. */
  readonly rescue: () => Promise<void>;
  readonly exit: (code: number) => Promise<void>;
}

/** A deletion that failed by a fault of our own is begun again after so long: nothing of ours may keep a pod for ever. */
const AGAIN_MS = 60_000;
/** An end by a task that hung is no success; all others are as planned. */
const EXIT_OVERDUE = 3;

/** What follows when the lifecycle begins to terminate. A stop by signal is its caller's business. */
export function endOfLife(options: EndOfLifeOptions): void {
  options.lifecycle.on('change', ({ to, reason }) => {
    if (to === 'terminating' && reason !== null && reason !== 'signal') void end(options, reason);
  });
}

async function end(options: EndOfLifeOptions, reason: EndReason): Promise<void> {
  const { lifecycle, platform, clock, log, signal, settle, rescue, exit } = options;
  // What is not done by then goes on beside the deletion, for as long as the pod is there.
  const atMost = async (ms: number, step: Promise<void>) =>
    await Promise.race([step, pauseOn(clock, Math.min(ms, lifecycle.lifetimeLeftMs), signal)]);
  const settled = settle().catch((err: unknown) => log.error({ err }, 'not everything could be brought to disk'));
  await atMost(SETTLE_MS, settled);
  if (platform.kind === 'pod' && !signal.aborted) {
    const rescued = rescue().catch((err: unknown) => log.error({ err }, 'results could not be brought to the bucket'));
    await atMost(RESCUE_MS, rescued);
  }
  while (platform.kind === 'pod' && !signal.aborted && !(await endPod(options))) await pauseOn(clock, AGAIN_MS, signal);
  if (!signal.aborted) await exit(reason === 'execution_timeout' ? EXIT_OVERDUE : 0);
}

/** False where it broke. */
async function endPod({ lifecycle, platform, client, graphql, clock, log, signal }: EndOfLifeOptions): Promise<boolean> {
  const { workerId: podId, keys, notArmedBecause } = platform;
  const onProgress: SeppukuOptions['onProgress'] = (termination) => lifecycle.terminationIs(termination);
  try {
    await seppuku({ client, podId, keys, graphql, notArmedBecause, clock, random: Math.random, onProgress, log, signal });
    return true;
  } catch (err) {
    log.fatal({ err, podId }, 'the deletion of this pod broke off and is begun again');
    return false;
  }
}
