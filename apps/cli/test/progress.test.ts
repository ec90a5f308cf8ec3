import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { Progress } from '../src/transcribe/progress.ts';
import { TimeLeft } from '../src/transcribe/time-left.ts';

function listening(isTTY: boolean) {
  let now = 0;
  const stream = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY, columns: 100, rows: 20 });
  const progress = new Progress(stream as unknown as NodeJS.WriteStream, () => now);
  return { progress, written: () => String(stream.read() ?? ''), pass: (ms: number) => (now += ms) };
}

const step = { name: 'talk.mp3', done: 30, total: 120 };

it('is a bar on a terminal, with the place in the batch and the time left; what is said stands above it', () => {
  const { progress, written } = listening(true);
  progress.show(step, { number: 3, of: 30, leftSec: 400 });
  expect(written()).toContain(`${'█'.repeat(5)}${'░'.repeat(15)} talk.mp3: 0:00:30 of 0:02:00 · 3 of 30 · about 7 min left`);
  progress.say('done');
  const [cleared, said] = written().split('\u001b[G');
  expect(cleared).toContain('\u001b[2K');
  expect(said).toMatch(/done\n$/);
});

it('is a plain line a minute elsewhere', () => {
  const { progress, written, pass } = listening(false);
  const place = { number: 1, of: 1, leftSec: null };
  progress.show(step, place);
  pass(59_999);
  progress.show(step, place);
  expect(written()).toBe('');
  pass(1);
  progress.show({ ...step, total: null, doing: 'sending' }, place);
  progress.show(step, place);
  expect(written()).toBe('talk.mp3: sending 0:00:30\n');
});

it('time left follows from the bytes that are done, without those that were there before', () => {
  let now = 0;
  const inputs = [100, 100, 200].map((size, index) => ({ path: `/${index}`, name: '', label: '', within: [], size }));
  const [first, second, third] = inputs as [(typeof inputs)[0], (typeof inputs)[0], (typeof inputs)[0]];
  const left = new TimeLeft(inputs, () => now);
  left.skip(first);
  expect(left.after(second, 0)).toBeNull();
  now = 10_000;
  expect(left.after(second, 0.5)).toBe(50);
  left.finish(second);
  expect(left.after(third, 0.5)).toBe(5);
});
