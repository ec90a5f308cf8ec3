import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { Id } from '@bulk-transcribe/protocol';
import { Value } from '@sinclair/typebox/value';
import type { Logger } from 'pino';
import { EventLog } from './event-log.ts';
import { InputFile } from './input-file.ts';
import type { Task } from './task.ts';
import { TaskFolder } from './task-folder.ts';

/** Reads the tasks a former process left. Folders of tasks that were never taken, or are half removed, are cleared. */
export async function loadTasks(root: string, log: Logger): Promise<Task[]> {
  await mkdir(root, { recursive: true, mode: 0o700 });
  const tasks: Task[] = [];
  for (const name of await readdir(root)) {
    if (!Value.Check(Id, name)) continue;
    const task = await loadTask(path.join(root, name), log);
    if (task) tasks.push(task);
  }
  return tasks;
}

async function loadTask(folderPath: string, log: Logger): Promise<Task | null> {
  const folder = new TaskFolder(folderPath);
  try {
    const record = await folder.readRecord();
    if (!record) {
      await folder.remove();
      return null;
    }
    const input = await InputFile.open(folder.inputPath, record.request.input);
    return { record, folder, input, events: EventLog.open(folder.eventsPath(record.request.attempt), log) };
  } catch (err) {
    // Left where it is, for a person to look at; a new attempt of the task starts afresh.
    log.error({ err, folder: folderPath }, 'a task on disk cannot be read and is left out');
    return null;
  }
}
