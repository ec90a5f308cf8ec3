import type { WindowResult, WorkerTask } from '@bulk-transcribe/protocol';
import type { Attempt } from '../jobs/task-ledger.ts';
import type { WorkerClient } from '../workers/worker-client.ts';

/** Windows in one request: with the times of all words about 1 MB. */
const AT_ONCE = 200;

interface Windows {
  readonly client: WorkerClient;
  readonly task: Attempt;
  readonly accepted: WorkerTask;
  readonly finished: readonly WindowResult[];
  readonly signal: AbortSignal;
}

/** Sends the finished windows that the worker does not have yet. */
export async function sendWindows({ client, task, accepted, finished, signal }: Windows): Promise<WorkerTask> {
  let answer = accepted;
  while (answer.state === 'awaiting_input' && answer.windows < finished.length) {
    answer = await client.sendWindows(task, finished.slice(answer.windows, answer.windows + AT_ONCE), signal);
  }
  return answer;
}
