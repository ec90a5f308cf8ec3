/**
 * Checkpoints: what the attempts of a task have finished so far, window by window. Durable here as soon as a worker tells it,
 * so that an attempt that goes on elsewhere, after any death, does not do it again. Gone once the transcript is stored.
 */
import type { WindowResult } from '@bulk-transcribe/protocol';
import type { Database, Transaction } from '../database/database.ts';

/** In order. From the first of them on they take the place of what was stored: it was cut otherwise, in another attempt. */
export async function keepWindows(tx: Transaction, taskId: string, windows: readonly WindowResult[]): Promise<void> {
  const [first] = windows;
  if (!first) return;
  await tx.deleteFrom('finished_window').where('task_id', '=', taskId).where('index', '>=', first.index).execute();
  const rows = windows.map((window) => ({ task_id: taskId, index: window.index, result: JSON.stringify(window) }));
  await tx.insertInto('finished_window').values(rows).execute();
}

/** From window 0 on, without a gap. */
export async function finishedWindows({ sql }: Database, taskId: string): Promise<WindowResult[]> {
  const rows = await sql.selectFrom('finished_window').select('result').where('task_id', '=', taskId).orderBy('index').execute();
  const windows = rows.map(({ result }) => result);
  const gap = windows.findIndex(({ index }, place) => index !== place);
  return gap < 0 ? windows : windows.slice(0, gap);
}

export async function forgetWindows(tx: Transaction, taskId: string): Promise<void> {
  await tx.deleteFrom('finished_window').where('task_id', '=', taskId).execute();
}
