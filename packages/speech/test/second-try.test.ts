import { expect, it } from 'vitest';
import type { Decoded } from '../src/moonshine/decode-batch.ts';
import { deservesSecondTry, tryAgain } from '../src/moonshine/second-try.ts';
import { RATE } from './media.ts';

const nothing = { logProbs: [], scores: { data: new Float32Array(0), heads: 0, frames: 0 } };
const empty: Decoded = { ...nothing, tokens: [], avgLogProb: -0.1, loopCut: false };
const looped: Decoded = { ...nothing, tokens: [5], avgLogProb: -0.2, loopCut: true };
const good = (avgLogProb: number): Decoded => ({ ...nothing, tokens: [7, 8], avgLogProb, loopCut: false });
const first = { decoded: looped, offset: 0 };

it('loops, doubtful text and real speech without text are tried again; all else is not', () => {
  expect(deservesSecondTry(looped, 0)).toBe(true);
  expect(deservesSecondTry(empty, 1.1 * RATE)).toBe(true);
  expect(deservesSecondTry(empty, 0.9 * RATE)).toBe(false);
  expect(deservesSecondTry(good(-0.31), 9 * RATE)).toBe(true);
  expect(deservesSecondTry(good(-0.29), 9 * RATE)).toBe(false);
  expect(deservesSecondTry(good(-0.8), 9 * RATE), 'another language').toBe(false);
});

it('the most probable good try wins', async () => {
  const lengths: number[] = [];
  const answers = [good(-0.4), good(-0.3)];
  const result = await tryAgain(first, new Float32Array(2 * RATE), async (samples) => {
    lengths.push(samples.length);
    return answers.shift() ?? empty;
  });
  expect(result).toEqual({ decoded: good(-0.3), offset: 0.15 * RATE });
  expect(lengths).toEqual([2.25 * RATE, 1.7 * RATE]);
});

it('a doubtful text stays where the tries are no more probable', async () => {
  const doubtful = { decoded: good(-0.4), offset: 0 };
  expect(await tryAgain(doubtful, new Float32Array(2 * RATE), async () => good(-0.5))).toBe(doubtful);
});

it.each([
  ['looped again', [looped, looped]],
  ['empty again', [empty, empty]],
  ['too improbable to be speech', [good(-0.8), good(-1.2)]],
])('the first answer stays where the others are %s', async (_, answers) => {
  const left = [...answers];
  expect(await tryAgain(first, new Float32Array(RATE), async () => left.shift() ?? empty)).toBe(first);
});

it('what is too short for the model is not tried', async () => {
  let tries = 0;
  const count = async () => {
    tries += 1;
    return empty;
  };
  expect(await tryAgain(first, new Float32Array(1000), count)).toBe(first);
  expect(tries).toBe(1);
});
