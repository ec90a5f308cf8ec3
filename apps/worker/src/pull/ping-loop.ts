/** Lets the server of jobs know that the worker lives, and with which jobs. */
import type { Logger } from 'pino';
import { type Clock, pauseOn } from '../life/clock.ts';
import type { JobServer } from './job-server.ts';
import { readPing } from './read-answer.ts';

interface PingOptions {
  readonly server: JobServer;
  readonly clock: Clock;
  readonly log: Logger;
  readonly jobIds: () => readonly string[];
  readonly signal: AbortSignal;
}

/** As often as RunPod's client repeats one that is not taken. */
const REPEAT_AFTER_MS = [1_000, 2_000, 4_000] as const;

/** Keeps its beat whatever the engine does: that is another process. Ends where nobody is to be told. */
export async function pingLoop(options: PingOptions): Promise<void> {
  const { server, clock, signal } = options;
  while (!signal.aborted) {
    const due = clock.now() + server.pingMs;
    if ((await pingOnce(options, due)) === null) return;
    await pauseOn(clock, Math.max(0, due - clock.now()), signal);
  }
}

/** Repeats a ping that is not taken, as long as the next one is not due: that one tells the same. */
async function pingOnce(options: PingOptions, due: number): Promise<'taken' | 'lost' | null> {
  const { server, clock, signal } = options;
  for (const pauseMs of [...REPEAT_AFTER_MS, Number.POSITIVE_INFINITY]) {
    const outcome = await send(options);
    if (outcome !== 'lost' || !server.repeatsPings || signal.aborted || clock.now() + pauseMs >= due) return outcome;
    await pauseOn(clock, pauseMs, signal);
  }
  return 'lost';
}

async function send({ server, log, jobIds, signal }: PingOptions): Promise<'taken' | 'lost' | null> {
  try {
    const status = await server.ping(jobIds(), signal);
    return status === null ? null : readPing(status);
  } catch (err) {
    log.debug({ err }, 'a ping did not arrive');
    return 'lost';
  }
}
