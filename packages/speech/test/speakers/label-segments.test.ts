import type { Segment, SpeakerTurn } from '@bulk-transcribe/protocol';
import { expect, test } from 'vitest';
import { joinSegments } from '../../src/speakers/join-segments.ts';
import { labelSegments } from '../../src/speakers/label-segments.ts';

/** Words of half a second each, from `start` on. */
function spoken(start: number, text: string): Segment {
  const words = text.split(' ').map((word, index) => ({ start: start + index / 2, end: start + index / 2 + 0.5, text: word }));
  return { start, end: start + words.length / 2, text, avgLogProb: -0.1, words };
}

const turns = (...list: [string, number, number][]): SpeakerTurn[] => list.map(([speaker, start, end]) => ({ speaker, start, end }));
const read = (segments: readonly Segment[]) => segments.map(({ speaker, text }) => `${speaker}: ${text}`);

test('a segment is cut where another person speaks, and is whole again when that is undone', () => {
  const segments = [spoken(0, 'Where were you? At home all day.')];
  const labelled = labelSegments(segments, turns(['S1', 0, 1.5], ['S2', 1.5, 3.5]));
  expect(read(labelled)).toEqual(['S1: Where were you?', 'S2: At home all day.']);
  expect(labelled.map(({ start, end, continues }) => [start, end, continues])).toEqual([
    [0, 1.5, undefined],
    [1.5, 3.5, true],
  ]);
  expect(joinSegments(labelled)).toEqual(segments);
});

test('a sentence is not torn by a turn that is a word too early or too late', () => {
  const segments = [spoken(0, 'Where were you? At home all day.')];
  for (const change of [1.1, 1.4, 1.9]) {
    expect(read(labelSegments(segments, turns(['S1', 0, change], ['S2', change, 3.5])))).toEqual(['S1: Where were you?', 'S2: At home all day.']);
  }
});

test('half a word of somebody else within a sentence is no turn, an answer between two sentences is one', () => {
  const within = [{ ...spoken(0, 'We went on and on.') }];
  within[0]?.words?.splice(2, 1, { start: 1, end: 1.3, text: 'on' });
  expect(read(labelSegments(within, turns(['S1', 0, 1], ['S2', 1, 1.3], ['S1', 1.3, 2.5])))).toEqual(['S1: We went on and on.']);
  const answer = [spoken(0, 'Is it so? Yes. Then go on.')];
  expect(read(labelSegments(answer, turns(['S1', 0, 1.5], ['S2', 1.5, 2], ['S1', 2, 3.5])))).toEqual([
    'S1: Is it so?',
    'S2: Yes.',
    'S1: Then go on.',
  ]);
});

test('where two speak at once a word keeps both', () => {
  const [segment] = labelSegments([spoken(0, 'I see that.')], turns(['S1', 0, 1.5], ['S2', 0.9, 1.5]));
  expect(segment?.words?.map(({ speaker, otherSpeaker }) => [speaker, otherSpeaker])).toEqual([
    ['S1', undefined],
    ['S1', undefined],
    ['S1', 'S2'],
  ]);
});

test('a word next to a turn is its speaker’s, far from all turns it belongs to who spoke before', () => {
  expect(read(labelSegments([spoken(0, 'One two.')], turns(['S1', 1.4, 3])))).toEqual(['S1: One two.']);
  expect(read(labelSegments([spoken(0, 'One.')], turns(['S1', 9, 10])))).toEqual(['undefined: One.']);
  expect(read(labelSegments([spoken(0, 'One two three four five.')], turns(['S1', 0, 0.5], ['S2', 60, 61])))).toEqual([
    'S1: One two three four five.',
  ]);
});

test('without word times, and without blanks between words, borders of sentences are where a segment is cut', () => {
  const plain: Segment = { start: 0, end: 10, text: 'Where were you then? I was at home.', avgLogProb: -0.1 };
  const labelled = labelSegments([plain], turns(['S1', 0, 5], ['S2', 5, 10]));
  expect(read(labelled)).toEqual(['S1: Where were you then?', 'S2: I was at home.']);
  expect(labelled.every(({ words }) => words === undefined)).toBe(true);
  expect(joinSegments(labelled)).toEqual([plain]);
  const chinese: Segment = { start: 0, end: 2, text: '你好。再见。', avgLogProb: -0.1 };
  chinese.words = ['你好。', '再见。'].map((text, index) => ({ start: index, end: index + 1, text }));
  const cut = labelSegments([chinese], turns(['S1', 0, 1], ['S2', 1, 2]));
  expect(read(cut)).toEqual(['S1: 你好。', 'S2: 再见。']);
  expect(joinSegments(cut)).toEqual([chinese]);
});
