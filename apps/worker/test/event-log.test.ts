import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { WorkerTaskEvent } from '@bulk-transcribe/protocol';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { EventLog } from '../src/tasks/event-log.ts';
import { temporaryFolder } from './run-worker.ts';

const log = pino({ level: 'silent' });
const windowAt = (index: number): WorkerTaskEvent => ({
  type: 'window',
  window: { index, start: index, end: index + 1, segments: [], warnings: [] },
});
const queued: WorkerTaskEvent = {
  type: 'status',
  task: {
    ...{ id: '019aa9a0-0000-7000-8000-000000000001', attempt: 1, state: 'queued', received: 1, size: 1, windows: 0, stage: null },
    ...{ progress: { doneSec: 0, totalSec: null }, error: null },
  },
};

it('what a full disk refused is written with the next event, behind half a line that it left', async () => {
  const file = path.join(await temporaryFolder(), 'events.1.jsonl');
  const events = EventLog.open(file, log);
  // A folder in its place makes the write fail; then half the line stands there, as after ENOSPC.
  mkdirSync(file);
  events.append(windowAt(0));
  rmdirSync(file);
  writeFileSync(file, '{"id":1,"event":{"type":"win');
  events.append(windowAt(1));
  expect(EventLog.open(file, log).windows.map(({ index }) => index)).toEqual([0, 1]);
});

it('a line that a full disk took whole, and that came again, counts once', async () => {
  const file = path.join(await temporaryFolder(), 'events.1.jsonl');
  EventLog.open(file, log).append(windowAt(0));
  writeFileSync(file, readFileSync(file, 'utf8').repeat(2));
  const events = EventLog.open(file, log);
  expect(events.windows).toHaveLength(1);
  events.append(windowAt(1));
  expect(EventLog.open(file, log).windows.map(({ index }) => index)).toEqual([0, 1]);
});

it('windows outlive a new beginning, and count as finished up to the first that is missing', async () => {
  const file = path.join(await temporaryFolder(), 'events.1.jsonl');
  const events = EventLog.open(file, log);
  for (const index of [0, 1, 3]) events.append(windowAt(index));
  events.append(queued);
  for (const held of [events, EventLog.open(file, log)]) expect(held.windows.map(({ index }) => index)).toEqual([0, 1]);
});

it('a window that lies elsewhere puts itself and all behind it out of force', async () => {
  const file = path.join(await temporaryFolder(), 'events.1.jsonl');
  const events = EventLog.open(file, log);
  for (const index of [0, 1, 2]) events.append(windowAt(index));
  events.append(windowAt(1));
  events.append(queued);
  for (const held of [events, EventLog.open(file, log)]) {
    expect(held.windows.map(({ index }) => index)).toEqual([0, 1]);
    const told: number[] = [];
    const ending = new AbortController();
    for await (const { id } of held.stream(0, ending.signal)) {
      told.push(id);
      if (told.length === 3) ending.abort();
    }
    expect(told).toEqual([1, 4, 5]);
  }
});
