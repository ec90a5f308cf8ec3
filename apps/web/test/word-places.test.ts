import { describe, expect, it } from 'vitest';
import { timeAt, wordAt, wordPlaces } from '../src/transcript/word-places.ts';
import { segment } from './examples.ts';

const word = (start: number, text: string) => ({ start, end: start + 0.4, text });
const line = {
  ...segment(2, 6, 'No, the  cat, the cat!'),
  words: [word(2, 'No,'), word(3, 'the'), word(3.5, 'cat,'), word(4, 'the'), word(5, 'cat!')],
};

describe('the words of a line', () => {
  it('stand in its text one after the other, also where one is said twice', () => {
    expect(wordPlaces(line).map(({ from, to }) => line.text.slice(from, to))).toEqual(['No,', 'the', 'cat,', 'the', 'cat!']);
    expect(wordPlaces(line).map(({ from }) => from)).toEqual([0, 4, 9, 14, 18]);
  });

  it('give the time of what stands at a place: of the word there, or before it', () => {
    expect([0, 2, 4, 10, 14, 20, 99].map((offset) => timeAt(line, offset))).toEqual([2, 2, 3, 3.5, 4, 5, 5]);
  });

  it('say which one is spoken; before the first none is', () => {
    expect([1.9, 2, 2.9, 4.5, 100].map((time) => wordAt(line, time)?.from)).toEqual([undefined, 0, 0, 14, 18]);
  });

  it('are those that stand in the text: one that does not is passed by', () => {
    expect(wordPlaces({ ...line, text: 'No, a cat!' }).map(({ start }) => start)).toEqual([2, 5]);
  });

  it('are none where the model gave no times: the line begins where it begins', () => {
    expect([wordPlaces(segment(2, 6, 'a b')), timeAt(segment(2, 6, 'a b'), 2), wordAt(segment(2, 6, 'a b'), 5)]).toEqual([[], 2, undefined]);
  });
});
