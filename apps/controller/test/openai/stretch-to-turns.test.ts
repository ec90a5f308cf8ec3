import type { Segment, SpeakerTurn } from '@bulk-transcribe/protocol';
import { expect, it } from 'vitest';
import { stretchToTurns } from '../../src/openai/stretch-to-turns.ts';

const said = (speaker: string | undefined, start: number, end: number): Segment => ({
  start,
  end,
  text: 'Yes.',
  avgLogProb: -0.1,
  ...(speaker && { speaker }),
});
const turn = (speaker: string, start: number, end: number): SpeakerTurn => ({ speaker, start, end });
const times = (segments: readonly Segment[], turns: readonly SpeakerTurn[]) => stretchToTurns(segments, turns).map(({ start, end }) => [start, end]);

it('a segment whose speaker goes on while another begins lasts to the end of the turn, and the other begins with theirs', () => {
  const turns = [turn('S1', 0.1, 4.5), turn('S2', 3.6, 7)];
  expect(times([said('S1', 0, 4), said('S2', 4, 7.2)], turns)).toEqual([
    [0, 4.5],
    [3.6, 7.2],
  ]);
});

it('a turn is followed for a second, and no further', () => {
  expect(times([said('S1', 10, 12)], [turn('S1', 5, 11), turn('S1', 11.5, 20)])).toEqual([[9, 13]]);
});

it('a turn in which the words do not lie says nothing of them', () => {
  expect(times([said('S1', 10, 12), said('S2', 13, 14)], [turn('S1', 8, 9.9), turn('S1', 12, 12.5), turn('S2', 10, 12)])).toEqual([
    [10, 12],
    [13, 14],
  ]);
});

it('segments of one speaker do not run into each other', () => {
  expect(times([said('S1', 0, 2), said('S1', 2.5, 4)], [turn('S1', 0, 4.2)])).toEqual([
    [0, 2.5],
    [2.5, 4.2],
  ]);
});

it('a segment begins no earlier than the one in front of it, so that they stay in order', () => {
  expect(times([said('S1', 1, 1.4), said('S2', 1.5, 3)], [turn('S2', 0.6, 3), turn('S1', 1, 1.4)])).toEqual([
    [1, 1.4],
    [1, 3],
  ]);
});

it('where nobody was told apart the times stay', () => {
  expect(times([said(undefined, 0, 2), said('S1', 2, 3)], [])).toEqual([
    [0, 2],
    [2, 3],
  ]);
});
