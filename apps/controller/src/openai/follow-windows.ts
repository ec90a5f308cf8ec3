import type { WindowResult } from '@bulk-transcribe/protocol';
import type { FastifyBaseLogger } from 'fastify';
import type { JobStore } from '../jobs/job-store.ts';

interface WindowFollower {
  readonly jobs: Pick<JobStore, 'events' | 'windowsSoFar' | 'lastEventId'>;
  readonly sessionId: string;
  readonly taskId: string;
  readonly signal: AbortSignal;
  readonly onWindow: (window: WindowResult) => void;
  readonly log: Pick<FastifyBaseLogger, 'warn'>;
}

/**
 * Tells of the task's windows, each once, as they are stored. Ends with the signal. Never rejects: where they cannot be read, who waits for
 * the task learns of them from the transcript.
 */
export async function followWindows({ jobs, sessionId, taskId, signal, onWindow, log }: WindowFollower): Promise<void> {
  let told = 0;
  const tellNew = async () => {
    const windows = await jobs.windowsSoFar(sessionId, taskId);
    if (signal.aborted) return;
    for (const window of windows.slice(told)) onWindow(window);
    told = Math.max(told, windows.length);
  };
  try {
    const lastId = await jobs.lastEventId(sessionId);
    await tellNew();
    for await (const { event } of jobs.events(sessionId, lastId, signal)) {
      if (event.type === 'task' && event.task.id === taskId) await tellNew();
    }
  } catch (err) {
    if (!signal.aborted) log.warn({ err, taskId }, 'the windows of a stream could not be followed');
  }
}
