import { describe, expect, it } from 'vitest';
import { loopStart } from '../src/recognise/loop-guard.ts';

const block = (length: number) => Array.from({ length }, (_, index) => 100 + index);
const times = (tokens: number[], count: number) => Array.from({ length: count }, () => tokens).flat();

describe('the loop guard', () => {
  it.each([
    [1, 6],
    [2, 4],
    [3, 4],
    [4, 3],
    [20, 3],
  ])('cuts a block of %i tokens at its repetition number %i, and keeps the first', (length, count) => {
    const before = [7, 8, 9];
    expect(loopStart([...before, ...times(block(length), count - 1)])).toBeNull();
    expect(loopStart([...before, ...times(block(length), count)])).toBe(before.length + length);
  });

  it('leaves longer blocks and speech that merely repeats itself alone', () => {
    expect(loopStart(times(block(21), 3))).toBeNull();
    expect(loopStart([1, 2, 1, 2, 3, 1, 2, 1, 2, 3])).toBeNull();
    expect(loopStart([])).toBeNull();
  });
});
