import type { WindowResult } from '@bulk-transcribe/protocol';
import type { JobStore } from '../jobs/job-store.ts';

interface WindowFollower {
  readonly jobs: Pick<JobStore, 'events' | 'finishedWindows' | 'lastEventId'>;
  readonly sessionId: string;
  readonly taskId: string;
  readonly signal: AbortSignal;
  readonly onWindow: (window: WindowResult) => void;
}

/**
 * Tells of the task's windows, each once, as they are stored. Ends with the signal, or quietly where they cannot be read: who
 * waits for the task learns what is wrong from there, and of the windows from the transcript.
 */
export async function followWindows({ jobs, sessionId, taskId, signal, onWindow }: WindowFollower): Promise<void> {
  let told = 0;
  const tellNew = async () => {
    const windows = await jobs.finishedWindows(sessionId, taskId);
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
  } catch {
    // Told by the task itself.
  }
}
