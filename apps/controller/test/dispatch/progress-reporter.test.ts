/** What a worker tells of finished windows, and what the store holds of it, where storing fails or is slow. */
import type { WindowResult, WorkerTaskEvent } from '@bulk-transcribe/protocol';
import { expect, test } from 'vitest';
import { ProgressReporter } from '../../src/dispatch/progress-reporter.ts';
import { quiet } from '../database/template.ts';

const attempt = { taskId: '019aa9a0-0000-7000-8000-000000000001', attempt: 1 };
const windowAt = (index: number, end = index + 1): WindowResult => ({ index, start: index, end, segments: [], warnings: [] });
const told = (...windows: WindowResult[]): WorkerTaskEvent[] => windows.map((window) => ({ type: 'window', window }));

/** A store that keeps windows as `checkpoints.ts` does, once its disk has room. */
function store() {
  const disk = { full: false };
  const kept = new Map<number, WindowResult>();
  const calls: number[][] = [];
  const keepWindows = async (_: unknown, windows: readonly WindowResult[]): Promise<boolean> => {
    await Promise.resolve();
    if (disk.full) throw new Error('No space left on device');
    calls.push(windows.map(({ index }) => index));
    for (const index of [...kept.keys()]) if (index >= (windows[0]?.index ?? 0)) kept.delete(index);
    for (const window of windows) {
      if (kept.has(window.index)) throw new Error(`Window ${window.index} came twice.`);
      kept.set(window.index, window);
    }
    return true;
  };
  return { disk, kept, calls, ledger: { keepWindows, update: async () => true } };
}

async function report({ ledger }: ReturnType<typeof store>, finished: readonly WindowResult[] = []) {
  const onStale = () => expect.unreachable('the attempt is current');
  return new ProgressReporter({ ledger, attempt, finished, onStale, log: quiet });
}

test('windows that a full disk refused, and that are told again, are stored once', async () => {
  const place = store();
  await using reporter = await report(place);
  place.disk.full = true;
  for (const event of told(windowAt(0), windowAt(1))) reporter.note(event);
  await expect(reporter.flush()).rejects.toThrow('No space');
  place.disk.full = false;
  for (const event of told(windowAt(0), windowAt(1), windowAt(2))) reporter.note(event);
  await reporter.flush();
  expect(reporter.finished).toEqual([windowAt(0), windowAt(1), windowAt(2)]);
  expect([...place.kept.values()]).toEqual(reporter.finished);
});

test('windows that are told again while the first telling is being stored count once', async () => {
  const place = store();
  await using reporter = await report(place);
  for (const event of told(windowAt(0), windowAt(1), windowAt(0), windowAt(1), windowAt(2))) reporter.note(event);
  await reporter.flush();
  expect(reporter.finished).toEqual([windowAt(0), windowAt(1), windowAt(2)]);
  expect([...place.kept.values()]).toEqual(reporter.finished);
});

test('what a worker was given and tells again is not stored anew', async () => {
  const place = store();
  await using reporter = await report(place, [windowAt(0), windowAt(1)]);
  for (const event of told(windowAt(0), windowAt(1), windowAt(2))) reporter.note(event);
  await reporter.flush();
  expect(place.calls).toEqual([[2]]);
});

test('a window that lies elsewhere puts those behind it out of force, stored or not', async () => {
  const place = store();
  await using reporter = await report(place, [windowAt(0), windowAt(1)]);
  for (const event of told(windowAt(2), windowAt(0, 0.5), windowAt(1), windowAt(2))) reporter.note(event);
  await reporter.flush();
  expect(reporter.finished).toEqual([windowAt(0, 0.5), windowAt(1), windowAt(2)]);
  expect([...place.kept.values()]).toEqual(reporter.finished);
});
