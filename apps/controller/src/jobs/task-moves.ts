/** Every way a task can move. Each is one compare-and-set along the table in `protocol`, and one event. */
import {
  type AppError,
  canMove,
  isFinal,
  type Task,
  type TaskState,
  type TaskWorker,
  type Transcript,
  taskStates,
  toTaskError,
} from '@bulk-transcribe/protocol';
import { sql, type UpdateObject } from 'kysely';
import type { Tables } from '../database/tables.ts';
import { type Change, topics } from './change.ts';
import { forgetWindows } from './checkpoints.ts';
import { appendEvent, appendEvents } from './event-log.ts';
import { keepHeard } from './keep-heard.ts';
import { leaseEnd } from './leases.ts';
import { selectTasks, toTask } from './rows.ts';
import { indexTranscript } from './search-index.ts';
import { oweWorker } from './settlements.ts';
import { keepEvidence } from './speaker-evidence.ts';
import type { Attempt, TaskUpdate } from './task-ledger.ts';
import type { QueuedTask, TaskQueue } from './task-queue.ts';
import { nextTurn } from './turns.ts';

const inFlight: readonly TaskState[] = ['dispatched', 'running'];

interface Move {
  readonly taskId: string;
  /** Compared besides the state where an attempt speaks. */
  readonly attempt?: number;
  readonly from: readonly TaskState[];
  readonly to: TaskState;
  readonly set: UpdateObject<Tables, 'task'>;
}

/** The setter: null where the task is not (or no longer) where the caller believed it. */
async function move(change: Change, { taskId, attempt, from, to, set }: Move): Promise<Task | null> {
  const wrong = from.find((state) => state !== to && !canMove(state, to));
  if (wrong) throw new Error(`A task never moves from ${wrong} to ${to}.`);
  const moved = await change.tx
    .updateTable('task')
    .set({ ...set, state: to })
    .where('id', '=', taskId)
    .where('state', 'in', from)
    .where((column) => (attempt === undefined ? column.lit(true) : column('attempt', '=', attempt)))
    .returning(['session_id', 'hearing_of'])
    .executeTakeFirst();
  if (!moved) return null;
  const task = await readTask(change, taskId);
  // What becomes of a hearing is news of the task whose speakers it hears.
  await appendEvent(change, moved.session_id, { type: 'task', task: moved.hearing_of ? await readTask(change, moved.hearing_of) : task });
  return task;
}

const readTask = async ({ tx }: Change, taskId: string): Promise<Task> =>
  toTask(await selectTasks(tx).where('task.id', '=', taskId).executeTakeFirstOrThrow());

/** Stage, progress and preview belong to one attempt. */
const nothingDone = { stage: null, done_sec: 0, total_sec: null, preview: '[]' } as const;

const now = sql<Date>`now()`;

export const dispatch = (change: Change, taskId: string, { worker, leaseSec }: { worker: TaskWorker; leaseSec: number }): Promise<Task | null> =>
  move(change, {
    taskId,
    from: ['queued'],
    to: 'dispatched',
    set: {
      ...nothingDone,
      ...{ attempt: sql<number>`attempt + 1`, worker: JSON.stringify(worker), started_at: now, lease_until: leaseEnd(leaseSec) },
    },
  });

export const run = (change: Change, { taskId, attempt }: Attempt, { stage, progress, preview }: TaskUpdate): Promise<Task | null> =>
  move(change, {
    taskId,
    attempt,
    from: inFlight,
    to: 'running',
    set: { stage, done_sec: progress.doneSec, total_sec: progress.totalSec, preview: JSON.stringify(preview) },
  });

/** What a task has come to. */
interface Result {
  readonly transcript: Transcript;
  readonly evidence: Uint8Array | null;
}

export async function succeed(
  change: Change,
  queue: TaskQueue,
  { taskId, attempt }: Attempt,
  { transcript, evidence }: Result,
): Promise<Task | null> {
  const before = await current(change, taskId);
  if (before?.attempt !== attempt || !inFlight.includes(before.state)) return null;
  const { hearingOf } = await placeOf(change, taskId);
  if (hearingOf) await keepHeard(change.tx, hearingOf, { transcript, evidence: demanded(evidence) });
  else await keepTranscript(change, taskId, { transcript, evidence });
  const { durationSec, warnings } = transcript;
  const task = await move(change, {
    taskId,
    attempt,
    from: inFlight,
    to: 'succeeded',
    set: {
      ...{ stage: null, preview: '[]', error: null, finished_at: now },
      ...{ done_sec: durationSec, total_sec: durationSec, warnings: warnings.length },
    },
  });
  await queue.settle(change.tx, taskId);
  await oweWorker(change.tx, before);
  return task;
}

async function keepTranscript({ tx }: Change, taskId: string, { transcript, evidence }: Result): Promise<void> {
  await tx
    .insertInto('transcript')
    .values({ task_id: taskId, document: JSON.stringify(transcript) })
    .execute();
  if (evidence) await keepEvidence(tx, taskId, evidence);
  await indexTranscript(tx, taskId);
  await forgetWindows(tx, taskId);
}

function demanded(evidence: Uint8Array | null): Uint8Array {
  if (!evidence) throw new Error('A hearing succeeds with what was heard.');
  return evidence;
}

/** The place is to blame: the task waits again where it stood in the queue, with all the attempts it had. */
export async function release(change: Change, queue: TaskQueue, { taskId, attempt }: Attempt, reason: AppError): Promise<Task | null> {
  const before = await current(change, taskId);
  const set = { ...nothingDone, error: JSON.stringify(toTaskError(reason)), worker: null, started_at: null };
  const task = await move(change, { taskId, attempt, from: inFlight, to: 'queued', set });
  if (!task || !before) return null;
  const { priority, turn, kind } = await placeOf(change, taskId);
  await queue.waitAgain(change.tx, { id: taskId, priority, turn, kind });
  await oweWorker(change.tx, before);
  change.topics.add(topics.queue).add(topics.task(taskId));
  return task;
}

export async function fail(change: Change, queue: TaskQueue, { taskId, attempt }: Attempt, error: AppError): Promise<Task | null> {
  const before = await current(change, taskId);
  if (before?.attempt !== attempt || !inFlight.includes(before.state)) return null;
  if (error.waits) return release(change, queue, { taskId, attempt }, error);
  const again = error.retryable && (await queue.retry(change.tx, taskId, `${error.code}: ${error.message}`));
  if (!again) await queue.settle(change.tx, taskId);
  const taskError = JSON.stringify(toTaskError(error));
  const task = await move(change, {
    ...{ taskId, attempt, from: inFlight },
    ...(again
      ? { to: 'queued', set: { ...nothingDone, error: taskError, worker: null, started_at: null } }
      : { to: 'failed', set: { stage: null, preview: '[]', error: taskError, finished_at: now } }),
  });
  if (!task) return null;
  await oweWorker(change.tx, before);
  change.topics.add(topics.queue);
  return task;
}

/** A final task stays as it is. */
export async function cancel(change: Change, queue: TaskQueue, before: Task): Promise<Task> {
  if (isFinal(before.state)) return before;
  const task = await move(change, {
    ...{ taskId: before.id, from: [before.state], to: 'cancelled' },
    set: { stage: null, preview: '[]', finished_at: now },
  });
  if (!task) throw new Error('A task moved inside the transaction that cancels it.');
  await queue.settle(change.tx, before.id);
  await oweWorker(change.tx, before);
  change.topics.add(topics.task(before.id));
  return task;
}

/** Tasks of one session of which none is final: one statement for all, one event for each. */
export async function cancelAll(change: Change, { queue, sessionId, tasks }: { queue: TaskQueue; sessionId: string; tasks: Task[] }): Promise<void> {
  const { tx } = change;
  const ids = tasks.map(({ id }) => id);
  const states = taskStates.filter((state) => canMove(state, 'cancelled'));
  await tx
    .updateTable('task')
    .set({ state: 'cancelled', stage: null, preview: '[]', finished_at: now })
    .where('id', 'in', ids)
    .where('state', 'in', states)
    .execute();
  const moved = await tx.selectFrom('task').select(['id', 'hearing_of']).where('id', 'in', ids).where('state', '=', 'cancelled').execute();
  if (moved.length !== ids.length) throw new Error('A task moved inside the transaction that cancels it.');
  const told = moved.map((row) => row.hearing_of ?? row.id);
  const rows = await selectTasks(tx).where('task.id', 'in', told).orderBy('task.position').execute();
  await appendEvents(
    change,
    sessionId,
    rows.map((row) => ({ type: 'task', task: toTask(row) })),
  );
  await queue.settle(tx, ids);
  for (const before of tasks) {
    await oweWorker(tx, before);
    change.topics.add(topics.task(before.id));
  }
}

/** Back to the end of the queue with all attempts; null where the task is not failed or cancelled. */
export async function requeue(change: Change, queue: TaskQueue, taskId: string): Promise<Task | null> {
  const task = await move(change, {
    ...{ taskId, from: ['failed', 'cancelled'], to: 'queued' },
    set: { ...nothingDone, error: null, worker: null, started_at: null, finished_at: null },
  });
  if (!task) return null;
  await queue.remove(change.tx, [taskId]);
  await queue.append(change.tx, [await nextPlace(change, taskId)]);
  change.topics.add(topics.queue);
  return task;
}

/** Behind all that its session waits for. */
async function nextPlace(change: Change, taskId: string): Promise<QueuedTask> {
  const { tx } = change;
  const { sessionId, priority, kind } = await placeOf(change, taskId);
  const turn = await nextTurn(tx, sessionId, priority);
  await tx.updateTable('task').set({ turn }).where('id', '=', taskId).execute();
  return { id: taskId, priority, turn, kind };
}

/** What decides when, and by whom, a task is taken. */
async function placeOf({ tx }: Change, taskId: string) {
  const columns = ['session_id as sessionId', 'priority', 'turn', 'kind', 'hearing_of as hearingOf'] as const;
  return await tx.selectFrom('task').select(columns).where('id', '=', taskId).executeTakeFirstOrThrow();
}

/** The task, locked against other writers until the transaction ends. */
export async function current(change: Change, taskId: string): Promise<Task | null> {
  const row = await selectTasks(change.tx).where('task.id', '=', taskId).forUpdate('task').executeTakeFirst();
  return row ? toTask(row) : null;
}
