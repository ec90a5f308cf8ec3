/** The next task for a worker with a free slot. */
import { completeOptions, isFinal, type TaskWorker } from '@bulk-transcribe/protocol';
import { lockSessionOf } from '../database/session-lock.ts';
import type { Change } from './change.ts';
import { toRecording } from './rows.ts';
import { kindOf, waitingKinds } from './task-kind.ts';
import type { Choice, ClaimedTask } from './task-ledger.ts';
import { current, dispatch } from './task-moves.ts';
import type { TaskQueue } from './task-queue.ts';
import { beginTurn } from './turns.ts';

interface Claim {
  readonly queue: TaskQueue;
  readonly worker: TaskWorker;
  readonly leaseSec: number;
  readonly choice?: Choice | undefined;
}

export async function claim(change: Change, { queue, worker, leaseSec, choice }: Claim): Promise<ClaimedTask | null> {
  const { tx } = change;
  const kinds = choice ? await waitingKinds(tx) : [];
  const leave = kinds.filter((kind) => !choice?.takes(kind));
  if (choice && leave.length === kinds.length) return null;
  for (;;) {
    const taskId = await queue.take(tx, leave);
    if (!taskId) return null;
    await lockSessionOf(tx, taskId);
    const kind = choice && (await kindOf(tx, taskId));
    // Queued since we looked: left where it is, by undoing this transaction.
    if (choice && kind && !choice.takes(kind)) throw new LeftToOthers();
    const why = kind && choice?.why(kind);
    if (await dispatch(change, taskId, { worker: { ...worker, ...(why && { why }) }, leaseSec })) {
      await beginTurn(tx, taskId);
      return (await claimedTasks(change).where('task.id', '=', taskId).execute()).map(toClaimed)[0] ?? null;
    }
    await keepOrDrop(change, queue, taskId);
  }
}

/** The claim came upon a task that is not for its worker. */
export class LeftToOthers extends Error {
  override readonly name = 'LeftToOthers';
}

/** An entry that came without a waiting task: it expired under a task at work, which goes on; or its task is over. */
async function keepOrDrop(change: Change, queue: TaskQueue, taskId: string): Promise<void> {
  const task = await current(change, taskId);
  if (!task || isFinal(task.state)) await queue.settle(change.tx, taskId);
}

export const claimedTasks = ({ tx }: Change) =>
  tx
    .selectFrom('task')
    .innerJoin('job', 'job.id', 'task.job_id')
    .innerJoin('recording', 'recording.id', 'task.recording_id')
    .selectAll('recording')
    .select(['task.id as task_id', 'task.attempt', 'task.worker', 'task.hearing_of', 'task.speaker_counts', 'job.options']);

type ClaimedRow = Awaited<ReturnType<ReturnType<typeof claimedTasks>['executeTakeFirstOrThrow']>>;

export const toClaimed = (row: ClaimedRow): ClaimedTask => ({
  taskId: row.task_id,
  attempt: row.attempt,
  worker: row.worker,
  hearing: row.hearing_of !== null,
  options: { ...completeOptions(row.options), ...(row.hearing_of !== null && { ...row.speaker_counts, diarization: true }) },
  recording: toRecording(row),
});
