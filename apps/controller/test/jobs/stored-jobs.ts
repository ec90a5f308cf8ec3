/** Jobs in a store, for its tests. */
import { randomUUIDv7 } from 'node:crypto';
import { AppError, defaultOptions, type Task, type Transcript } from '@bulk-transcribe/protocol';
import type { StoredEvent } from '../../src/jobs/job-store.ts';
import type { OpenJobStore } from '../../src/jobs/open-job-store.ts';

export const local = { name: 'local', device: 'cpu' } as const;
export const crash = new AppError('engine_crashed', 'The engine crashed.');
export const someProgress = { stage: 'recognise', progress: { doneSec: 3, totalSec: 9 }, preview: [] } as const;

export const transcript: Transcript = {
  version: 1,
  language: 'en',
  durationSec: 9,
  speechSec: 8,
  segments: [{ start: 0, end: 4, text: 'Ask not \u0000 what — “your” country 🎙 can do', avgLogProb: -0.1 }],
  warnings: [{ code: 'prompt_ignored', message: 'The model cannot use a prompt.' }],
  provenance: {
    ...{ engine: 'test', model: { id: defaultOptions.model, files: [] }, device: 'cpu', threads: 1, decoder: 'none' },
    ...{ startedAt: '2026-01-01T00:00:00.000Z', finishedAt: '2026-01-01T00:00:01.000Z', steps: [], timesRealTime: 9 },
  },
};

export async function addRecordings(store: OpenJobStore, session: string, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => randomUUIDv7());
  for (const id of ids) await store.addRecording(session, { id, name: `${id}.mp3`, size: 1000, sha256: 'a'.repeat(64) });
  return ids;
}

export async function newJob(store: OpenJobStore, session = 'mine', count = 1, priority = 0) {
  const recordingIds = await addRecordings(store, session, count);
  return await store.createJob(session, { name: 'Interviews', options: defaultOptions, recordingIds, priority });
}

export async function newTask(store: OpenJobStore, session = 'mine'): Promise<Task> {
  const [task] = (await newJob(store, session)).tasks;
  if (!task) throw new Error('A job without a task.');
  return task;
}

export async function claimed(store: OpenJobStore) {
  const task = await store.claim(local);
  if (!task) throw new Error('No task was due.');
  return task;
}

export const stateOf = async (store: OpenJobStore, id: string) => (await store.task('mine', id))?.state;

/** The next `count` events after `lastId`. */
export async function nextEvents(store: OpenJobStore, { session = 'mine', lastId = 0, count }: { session?: string; lastId?: number; count: number }) {
  const events: StoredEvent[] = [];
  for await (const event of store.events(session, lastId, AbortSignal.timeout(90_000))) if (events.push(event) === count) break;
  return events;
}

export const told = ({ event }: StoredEvent): string => (event.type === 'task' ? event.task.state : event.type);
