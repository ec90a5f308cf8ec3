/** Overlays over a transcript, as plain values. */
import type { Segment, Transcript, TranscriptChange } from '@bulk-transcribe/protocol';
import { expect, test } from 'vitest';
import { alignWords } from '../../src/transcripts/align-words.ts';
import { correctedTranscript, type StoredTranscript } from '../../src/transcripts/apply-overlay.ts';
import { changeOverlay } from '../../src/transcripts/change-overlay.ts';
import { noOverlay } from '../../src/transcripts/overlay.ts';
import { transcriptOf } from '../http/test-app.ts';

/** Words of half a second each, from `start` on. */
function said(speaker: string, start: number, text: string): Segment {
  const words = text
    .split(' ')
    .map((word, index) => ({ start: start + index / 2, end: start + index / 2 + 0.5, text: word, confidence: 0.9, speaker }));
  return { start, end: start + words.length / 2, text, avgLogProb: -0.1, speaker, words };
}

const original: Transcript = transcriptOf('', {
  segments: [said('S1', 0, 'Good morning to you all.'), said('S2', 3, 'Thank you mister chair.'), said('S1', 6, 'We begin.')],
  speakers: [
    { id: 'S1', name: null, seconds: 3.5 },
    { id: 'S2', name: null, seconds: 2 },
  ],
  turns: [
    { speaker: 'S1', start: 0, end: 2.5 },
    { speaker: 'S2', start: 3, end: 5 },
    { speaker: 'S1', start: 6, end: 7 },
  ],
});
const untouched: StoredTranscript = { original, overlay: noOverlay, revision: 0 };

const changed = (stored: StoredTranscript, change: Omit<TranscriptChange, 'revision'>): StoredTranscript => ({
  original: stored.original,
  overlay: changeOverlay(stored, { revision: stored.revision, ...change }),
  revision: stored.revision + 1,
});
const read = (stored: StoredTranscript) => correctedTranscript(stored);

test('without changes the transcript is as the engine made it', () => {
  expect(read(untouched)).toBe(original);
});

test('a corrected text keeps the times of the words that were heard, and shares out the rest', () => {
  const stored = changed(untouched, { segments: [{ start: 3, end: 5, text: 'Thank you, Madam Chair.' }] });
  const segment = read(stored).segments[1];
  expect(segment).toMatchObject({ start: 3, end: 5, text: 'Thank you, Madam Chair.', speaker: 'S2', corrected: true });
  expect(segment?.words?.map(({ text, start, end }) => [text, start, end])).toEqual([
    ['Thank', 3, 3.5],
    ['you,', 3.5, 4],
    ['Madam', 4, 4.5],
    ['Chair.', 4.5, 5],
  ]);
  expect(segment?.words?.map(({ confidence }) => confidence)).toEqual([0.9, 0.9, undefined, 0.9]);
});

test('null takes a correction back, an empty text means that nothing was said', () => {
  const once = changed(untouched, { segments: [{ start: 6, end: 7, text: '' }] });
  expect(read(once).segments[2]?.text).toBe('');
  const again = changed(once, { segments: [{ start: 6, end: 7, text: null }] });
  expect(read(again).segments).toEqual(original.segments);
});

test('a name stands wherever the speaker does, and an added speaker may be given a segment', () => {
  const stored = changed(untouched, {
    speakers: [
      { id: 'S1', name: ' Ada ' },
      { id: 'clerk', name: 'The clerk' },
    ],
    segments: [{ start: 6, end: 7, speaker: 'clerk' }],
  });
  const { speakers, segments, turns } = read(stored);
  expect(speakers).toEqual([
    { id: 'S1', name: 'Ada', seconds: 2.5 },
    { id: 'S2', name: null, seconds: 2 },
    { id: 'clerk', name: 'The clerk', seconds: 1 },
  ]);
  expect(segments[2]).toMatchObject({ speaker: 'clerk', corrected: true });
  expect(segments[2]?.words?.every(({ speaker }) => speaker === 'clerk')).toBe(true);
  expect(turns?.at(-1)).toEqual({ speaker: 'clerk', start: 6, end: 7 });
});

test('what is not there cannot be changed, nor a transcript that was changed meanwhile', () => {
  const refused = (change: Partial<TranscriptChange>) => () => changeOverlay(untouched, { revision: 0, ...change });
  expect(refused({ revision: 3 })).toThrow(expect.objectContaining({ code: 'conflict', field: 'revision' }));
  expect(refused({ segments: [{ start: 1, end: 2, text: 'x' }] })).toThrow(expect.objectContaining({ code: 'invalid_request', field: 'segments' }));
  expect(refused({ segments: [{ start: 3, end: 5, speaker: 'nobody' }] })).toThrow(expect.objectContaining({ code: 'invalid_request' }));
  expect(refused({ speakers: [{ id: 'S9', name: 'x' }] })).toThrow(expect.objectContaining({ code: 'invalid_request', field: 'speakers' }));
});

test('words of a new text have times in order, within the segment, however much of it is new', () => {
  const heard = said('S1', 10, 'one two three four').words ?? [];
  for (const text of ['', 'four three two one', 'zero one 1½ two three four five', 'etwas ganz anderes', 'one']) {
    const words = alignWords(heard, text, { start: 10, end: 12 });
    expect(words.map((word) => word.text).join(' ')).toBe(text);
    const times = words.flatMap(({ start, end }) => [start, end]);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times.every((time) => time >= 10 && time <= 12)).toBe(true);
  }
});
