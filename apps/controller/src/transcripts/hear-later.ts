import { access } from 'node:fs/promises';
import { AppError, type Task } from '@bulk-transcribe/protocol';
import type { Parts } from '../http/parts.ts';
import { ownTask } from './stored-transcript.ts';
import type { TellAnew } from './tell-anew.ts';

/** Has the speakers of a finished task heard, from its recording. Throws not_found, conflict, speakers_not_heard where the recording is gone. */
export async function hearLater({ jobs, files }: Pick<Parts, 'jobs' | 'files'>, { sessionId, taskId, counts }: TellAnew): Promise<Task> {
  const { recording } = await ownTask(jobs, sessionId, taskId);
  await access(files.path(recording.id)).catch((cause: unknown) => {
    const message = 'The speakers of this recording were never heard, and the recording itself is not here any more.';
    throw new AppError('speakers_not_heard', message, { cause });
  });
  return await jobs.hearSpeakers(sessionId, taskId, counts);
}
