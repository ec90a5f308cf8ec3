import { AppError, type Task } from '@bulk-transcribe/protocol';
import type { Parts } from '../http/parts.ts';
import { noTask } from '../jobs/not-found.ts';
import type { StoredTranscript } from './apply-overlay.ts';

type Jobs = Parts['jobs'];

/** Throws not_found, and conflict where the task has no transcript. */
export async function storedTranscript(jobs: Jobs, sessionId: string, id: string): Promise<StoredTranscript> {
  const stored = await jobs.storedTranscript(sessionId, id);
  if (stored) return stored;
  const { state } = await ownTask(jobs, sessionId, id);
  throw new AppError('conflict', `This task has no transcript: it is ${state}.`);
}

export async function ownTask(jobs: Jobs, sessionId: string, id: string): Promise<Task> {
  const task = await jobs.task(sessionId, id);
  if (!task) throw noTask(id);
  return task;
}
