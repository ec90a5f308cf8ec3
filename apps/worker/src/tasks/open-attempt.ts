import path from 'node:path';
import type { TaskRequest } from '@bulk-transcribe/protocol';
import type { Logger } from 'pino';
import { EventLog } from './event-log.ts';
import { InputFile } from './input-file.ts';
import { newRecord, sameInput, sameWork, type Task, toWorkerTask } from './task.ts';
import { TaskFolder } from './task-folder.ts';

interface Place {
  readonly root: string;
  readonly log: Logger;
}

/**
 * A new task, or a newer attempt in the place of the one that is held: it takes over input bytes and finished windows where
 * they are for the same work. Windows first, then the record, then the old attempt goes: a kill in between loses none.
 */
export async function openAttempt(request: TaskRequest, held: Task | undefined, { root, log }: Place): Promise<Task> {
  const folder = held?.folder ?? new TaskFolder(path.join(root, request.id));
  await folder.create();
  const events = EventLog.open(folder.eventsPath(request.attempt), log);
  if (held && sameWork(held.record.request, request)) {
    for (const window of held.events.windows) events.append({ type: 'window', window });
  }
  const record = newRecord(request);
  await folder.writeRecord(record);
  if (held) await retire(held, request);
  const input = held && sameInput(held.record.request, request) ? held.input : await InputFile.open(folder.inputPath, request.input);
  const task: Task = { record, folder, input, events };
  events.append({ type: 'status', task: toWorkerTask(task) });
  return task;
}

async function retire(held: Task, successor: TaskRequest): Promise<void> {
  const { request } = held.record;
  held.events.end();
  await held.folder.removeOutcome(request.attempt);
  if (!sameInput(request, successor)) await held.input.discard();
}
