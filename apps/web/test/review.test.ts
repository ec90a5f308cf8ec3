import type { Warning } from '@bulk-transcribe/protocol';
import { expect, it } from 'vitest';
import { nextPlace } from '../src/transcript/use-review.ts';

const at = (start?: number): Warning => ({ code: 'uncertain_text', message: 'Doubtful.', ...(start !== undefined && { start }) });

it('the next note is the one behind where the player is, and the first again after the last', () => {
  const notes = [at(30), at(), at(10)];
  expect([0, 10, 10.04, 29, 30, 99].map((time) => nextPlace(notes, time))).toEqual([10, 30, 30, 30, 10, 10]);
  expect(nextPlace([at()], 5)).toBeUndefined();
});
