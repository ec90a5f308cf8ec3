import type { Transcript } from '@bulk-transcribe/protocol';
import { describe, expect, it } from 'vitest';
import { piecesOf } from '../src/controls/marked.tsx';
import { corrected, inverse, newSpeakerId } from '../src/transcript/corrections.ts';
import { findHits } from '../src/transcript/find-hits.ts';
import { segment } from './examples.ts';

const lines = [segment(0, 2, 'Good evening.', 'S1'), { ...segment(2, 4, 'Good night', 'S2'), corrected: true }];
const transcript = {
  ...{ segments: lines, revision: 3 },
  speakers: [
    { id: 'S1', name: null, seconds: 2 },
    { id: 'S2', name: 'Anna', seconds: 2 },
  ],
} as unknown as Transcript;

describe('a correction', () => {
  it('takes the place of what it names; every other line stays the same object', () => {
    const changed = { ...segment(0, 2, 'Good morning.', 'S1'), corrected: true };
    const shown = corrected(transcript, { revision: 4, speakers: [], segments: [changed] });
    expect(shown).toMatchObject({ revision: 4, speakers: [] });
    expect(shown.segments).toEqual([changed, lines[1]]);
    expect(shown.segments[1]).toBe(lines[1]);
  });

  it('is taken back to the engine’s words where nobody had corrected them, to the words before where somebody had', () => {
    const both = [
      { start: 0, end: 2, text: 'x' },
      { start: 2, end: 4, text: 'y', speaker: 'S1' },
    ];
    expect(inverse(transcript, { segments: both }).segments).toEqual([
      { start: 0, end: 2, text: null },
      { start: 2, end: 4, text: 'Good night', speaker: 'S2' },
    ]);
  });

  it('of a name gives the name before back, or none', () => {
    const renamed = ['S1', 'S2'].map((id) => ({ id, name: 'Somebody' }));
    expect(inverse(transcript, { speakers: renamed }).speakers).toEqual([
      { id: 'S1', name: null },
      { id: 'S2', name: 'Anna' },
    ]);
  });

  it('may add a speaker, under an id that is neither the engine’s nor taken', () => {
    expect(newSpeakerId(transcript)).toBe('P1');
    expect(newSpeakerId({ speakers: [{ id: 'P7', name: null, seconds: 0 }] })).toBe('P8');
  });
});

describe('a search', () => {
  it('finds words in any case, across any blanks, with signs taken as they are', () => {
    expect(findHits(lines, ' good  ')).toEqual([
      { index: 0, from: 0, to: 4 },
      { index: 1, from: 0, to: 4 },
    ]);
    expect(findHits(lines, 'GOOD   night')).toEqual([{ index: 1, from: 0, to: 10 }]);
    expect(findHits(lines, 'evening.')).toHaveLength(1);
    expect(findHits(lines, '(a.c)+\\')).toEqual([]);
    expect(findHits(lines, '  ')).toEqual([]);
  });

  it('cuts a line at its hits without losing a letter', () => {
    const text = 'na, na and na';
    const pieces = piecesOf(text, findHits([{ text }], 'na'));
    expect(pieces.map((piece) => piece.text).join('')).toBe(text);
    expect(pieces.filter(({ isHit }) => isHit)).toHaveLength(3);
  });
});
