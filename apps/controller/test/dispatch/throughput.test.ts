import { expect, it } from 'vitest';
import { Throughput } from '../../src/dispatch/throughput.ts';
import { transcriptOf } from '../http/test-app.ts';

const MINUTE_MS = 60_000;

it('tells the median speed of the last five recordings, and what was done in the last hour', () => {
  let now = 0;
  const throughput = new Throughput(() => now);
  const finish = (timesRealTime: number): void =>
    throughput.note({ durationSec: 600, provenance: { ...transcriptOf('').provenance, timesRealTime } });
  expect([throughput.timesRealTime, throughput.lastHour]).toEqual([null, { recordings: 0, durationSec: 0 }]);
  for (const speed of [1000, 40, 41, 2, 42, 43]) finish(speed);
  expect([throughput.timesRealTime, throughput.lastHour]).toEqual([41, { recordings: 6, durationSec: 3600 }]);
  now = 59 * MINUTE_MS;
  finish(50);
  now = 60 * MINUTE_MS;
  // The speed is known on after a pause.
  expect([throughput.timesRealTime, throughput.lastHour]).toEqual([42, { recordings: 1, durationSec: 600 }]);
  now = 120 * MINUTE_MS;
  expect([throughput.timesRealTime, throughput.lastHour]).toEqual([42, { recordings: 0, durationSec: 0 }]);
});
