/**
 * Speakers told apart after the text was made. A hearing is a task of its own kind, for a finished one: it waits in the same queue and
 * goes through the same attempts, but its result is what speakers are told apart by. Whatever becomes of it, the transcript stays; what
 * happens to it is told as news of the finished task, which shows it as `hearing`.
 */
import { randomUUIDv7 } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { AppError, isFinal, SPEAKERS, type Task } from '@bulk-transcribe/protocol';
import type { SpeakerCounts } from '@bulk-transcribe/speech/speakers';
import type { Transaction } from '../database/database.ts';
import { type Change, topics } from './change.ts';
import { appendEvent } from './event-log.ts';
import { ownTask } from './jobs.ts';
import type { StoreParts } from './store-parts.ts';
import { groupOf } from './task-kind.ts';
import { cancel, current, requeue } from './task-moves.ts';
import { nextTurn } from './turns.ts';

export interface Hearings {
  /**
   * Has the speakers of a finished task heard, with so many of them; one that is under way already goes on. Gives the finished task.
   * AppError not_found, and conflict where the task has no transcript, or is heard for another number of speakers.
   */
  hearSpeakers(sessionId: string, taskId: string, counts: SpeakerCounts): Promise<Task>;
  /** Stops that; where it is over already nothing changes. */
  cancelHearing(sessionId: string, taskId: string): Promise<Task>;
}

export const hearings = ({ queue, commitFor }: StoreParts): Hearings => ({
  hearSpeakers: (sessionId, taskId, counts) =>
    commitFor(sessionId, async (change) => {
      const { state } = await ownTask(change, sessionId, taskId);
      if (state !== 'succeeded') throw new AppError('conflict', `This task has no transcript: it is ${state}.`);
      const known = await hearingOf(change.tx, taskId);
      if (!known) await begin({ change, queue, taskId, counts });
      else if (isFinal(known.state)) {
        await change.tx
          .updateTable('task')
          .set({ speaker_counts: JSON.stringify(counts) })
          .where('id', '=', known.id)
          .execute();
        await requeue(change, queue, known.id);
      } else if (!isDeepStrictEqual(known.counts, counts)) {
        throw new AppError('conflict', 'The speakers are being told apart already; wait until that is done, or cancel it.');
      }
      return await ownTask(change, sessionId, taskId);
    }),
  cancelHearing: (sessionId, taskId) =>
    commitFor(sessionId, async (change) => {
      await ownTask(change, sessionId, taskId);
      const known = await hearingOf(change.tx, taskId);
      const hearing = known && (await current(change, known.id));
      if (hearing) await cancel(change, queue, hearing);
      return await ownTask(change, sessionId, taskId);
    }),
});

async function hearingOf(tx: Transaction, taskId: string) {
  const columns = ['id', 'state', 'speaker_counts as counts'] as const;
  return await tx.selectFrom('task').select(columns).where('hearing_of', '=', taskId).executeTakeFirst();
}

interface Beginning extends Pick<StoreParts, 'queue'> {
  readonly change: Change;
  readonly taskId: string;
  readonly counts: SpeakerCounts;
}

/** Queued behind all that its session waits for. */
async function begin({ change, queue, taskId, counts }: Beginning): Promise<void> {
  const { tx } = change;
  const finished = await tx
    .selectFrom('task')
    .innerJoin('job', 'job.id', 'task.job_id')
    .select(['task.session_id', 'task.job_id', 'task.recording_id', 'task.position', 'task.priority', 'job.compute'])
    .where('task.id', '=', taskId)
    .executeTakeFirstOrThrow();
  const { compute, ...same } = finished;
  const turn = await nextTurn(tx, same.session_id, same.priority);
  const hearing = { ...same, id: randomUUIDv7(), kind: groupOf({ compute, model: SPEAKERS }), turn };
  await tx
    .insertInto('task')
    .values({ ...hearing, hearing_of: taskId, speaker_counts: JSON.stringify(counts) })
    .execute();
  await queue.append(tx, [hearing]);
  const task = await current(change, taskId);
  if (task) await appendEvent(change, same.session_id, { type: 'task', task });
  change.topics.add(topics.queue);
}
