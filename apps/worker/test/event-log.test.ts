import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { WorkerTaskEvent } from '@bulk-transcribe/protocol';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { EventLog } from '../src/event-log.ts';
import { temporaryFolder } from './run-worker.ts';

const log = pino({ level: 'silent' });
const windowAt = (index: number): WorkerTaskEvent => ({
  type: 'window',
  window: { index, start: index, end: index + 1, segments: [], warnings: [] },
});

it('half a line that a full disk left costs that event alone, not the task', async () => {
  const file = path.join(await temporaryFolder(), 'events.1.jsonl');
  const events = EventLog.open(file, log);
  // A folder in its place makes the write fail; then half the line stands there, as after ENOSPC.
  mkdirSync(file);
  events.append(windowAt(0));
  rmdirSync(file);
  writeFileSync(file, '{"id":1,"event":{"type":"win');
  events.append(windowAt(1));
  expect(EventLog.open(file, log).last).toEqual(windowAt(1));
});
