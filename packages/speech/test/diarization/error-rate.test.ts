/** The error rate that `pnpm bench:diarization` tells, against figures of pyannote.metrics 4. */
import { describe, expect, it } from 'vitest';
import { diarizationErrors, errorRate, readRttm, type Turn } from '../../../../bench/diarization/error-rate.ts';
import { golden } from './golden.ts';

const line = (start: number, length: number, speaker: string) => `SPEAKER x 1 ${start} ${length} <NA> <NA> ${speaker} <NA> <NA>`;
const references: Record<string, string> = {
  'conversation/falcon-3spk.flac': [line(1.7, 2.2, 's1'), line(6.2, 4.9, 's2'), line(12.8, 5.2, 's3')].join('\n'),
  'conversation/pyannote-sample.flac': [
    ...[line(6.69, 0.43, 'a'), line(7.55, 0.8, 'b'), line(8.32, 1.7, 'a'), line(9.92, 1.11, 'b'), line(10.57, 4.13, 'a')],
    ...[line(14.49, 3.43, 'b'), line(18.05, 3.44, 'a'), line(18.15, 0.44, 'b'), line(21.78, 6.72, 'b'), line(27.85, 2.15, 'a')],
  ].join('\n'),
};
/** false alarm, missed, confused, speech: seconds. */
const theirs: Record<string, readonly [number, number, number, number][]> = {
  'conversation/falcon-3spk.flac': [
    [0.0031, 0.2375, 0, 12.3],
    [0, 0, 0, 10.8],
  ],
  'conversation/pyannote-sample.flac': [
    [0.798, 0.4262, 1.135, 24.35],
    [0, 0, 0.32, 16.34],
  ],
};

describe.each(golden.cases)('the turns of $audio', ({ audio, turns }) => {
  const heard: Turn[] = turns.map((turn) => ({ ...turn, speaker: String(turn.speaker) }));
  it.each([0, 0.25])('have the errors that pyannote.metrics counts, collar %d s', (collar) => {
    const errors = diarizationErrors(readRttm(references[audio] ?? ''), heard, collar);
    const [falseAlarm = 0, missed = 0, confused = 0, speech = 0] = theirs[audio]?.[collar === 0 ? 0 : 1] ?? [];
    for (const [mine, wanted] of [
      [errors.falseAlarm, falseAlarm],
      [errors.missed, missed],
      [errors.confused, confused],
      [errors.speech, speech],
    ] as const)
      expect(mine).toBeCloseTo(wanted, 2);
  });
});

const turn = (speaker: string, start: number, end: number): Turn => ({ speaker, start, end });

it('names do not matter, only who is who', () => {
  const reference = [turn('a', 0, 4), turn('b', 4, 10)];
  expect(errorRate(diarizationErrors(reference, [turn('2', 0, 4), turn('1', 4, 10)], 0))).toBe(0);
});

it('the mapping is the best of all, not that of the longest first', () => {
  // 1 has most of a (6 s), but b too (5 s), which nobody else has; a is 2's as well (4 s).
  const reference = [turn('a', 0, 10), turn('b', 10, 15)];
  const heard = [turn('1', 0, 6), turn('2', 6, 10), turn('1', 10, 15)];
  expect(diarizationErrors(reference, heard, 0).confused).toBe(6);
});

it('where two speak and one is heard, one is missed', () => {
  const errors = diarizationErrors([turn('a', 0, 4), turn('b', 2, 4)], [turn('1', 0, 4)], 0);
  expect(errors).toEqual({ speech: 6, missed: 2, falseAlarm: 0, confused: 0 });
});
