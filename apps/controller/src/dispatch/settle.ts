import { type ErrorCode, toAppError } from '@bulk-transcribe/protocol';
import type { Logger } from 'pino';
import type { Attempt, TaskLedger } from '../jobs/task-ledger.ts';
import type { WorkerLink } from '../workers/worker-link.ts';

interface SettleParts {
  readonly ledger: TaskLedger;
  readonly link: WorkerLink;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** An attempt whose calls are still under way waits for the next turn. */
  readonly busy: (attempt: Attempt) => boolean;
}

/** The worker does not hold the attempt (any more). */
const goneCodes: readonly ErrorCode[] = ['not_found', 'stale_attempt', 'conflict'];

/** Tells the worker which attempts are over: it stops work on them and forgets them with their results. */
export async function settle({ ledger, link, log, signal, busy }: SettleParts): Promise<void> {
  const { client } = link;
  if (!client) return;
  for (const attempt of await ledger.settlements(link.name)) {
    if (busy(attempt)) continue;
    try {
      await client.cancel(attempt, signal);
      await client.acknowledge(attempt, signal);
    } catch (cause) {
      const { code } = toAppError(cause);
      if (!goneCodes.includes(code)) {
        log.debug({ code, ...attempt }, 'the worker could not be told yet that an attempt is over');
        return;
      }
    }
    await ledger.settled(attempt);
  }
}
