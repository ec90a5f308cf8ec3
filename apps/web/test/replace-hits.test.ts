import { describe, expect, it } from 'vitest';
import { findHits } from '../src/transcript/find-hits.ts';
import { replaceHits } from '../src/transcript/replace-hits.ts';
import { segment } from './examples.ts';

describe('replacing what is found', () => {
  it('writes the words as they are in every place of every line, and names no other line', () => {
    const segments = [segment(0, 2, 'Smith and smith.'), segment(2, 4, 'Nobody.'), segment(4, 6, 'Smithson')];
    expect(replaceHits(segments, findHits(segments, 'smith'), '$& Šmíd')).toEqual({
      segments: [
        { start: 0, end: 2, text: '$& Šmíd and $& Šmíd.' },
        { start: 4, end: 6, text: '$& Šmídson' },
      ],
    });
  });

  it('takes words away where none stand for them', () => {
    const segments = [segment(0, 2, 'So, you know, yes.')];
    expect(replaceHits(segments, findHits(segments, ', you know'), '').segments?.[0]?.text).toBe('So, yes.');
  });

  it('names no more lines than one change may', () => {
    const segments = Array.from({ length: 1200 }, (_, i) => segment(i, i + 1, 'a a'));
    const { segments: changed } = replaceHits(segments, findHits(segments, 'a'), 'b');
    expect([changed?.length, changed?.at(-1)]).toEqual([1000, { start: 999, end: 1000, text: 'b b' }]);
  });
});
