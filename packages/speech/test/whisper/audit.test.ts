import { describe, expect, it } from 'vitest';
import { coveredBy } from '../../src/whisper/audit/coverage.ts';
import { holesIn } from '../../src/whisper/audit/holes.ts';
import { repeatsNeighbours } from '../../src/whisper/audit/repeats.ts';
import { openText } from '../../src/whisper/segments/open-text.ts';
import { settleTimes } from '../../src/whisper/segments/settle-times.ts';
import { reachSilence } from '../../src/word-times/reach-silence.ts';
import { RATE } from '../media.ts';

const span = (start: number, end: number) => ({ start: Math.round(start * RATE), end: Math.round(end * RATE) });
/** A word has one token per character. */
const tokens = (text: string) => Array.from(text, (character) => character.charCodeAt(0));
const decoding = { tokens: [], temperature: 0, compressionRatio: 1, noSpeechProb: 0, seek: 0 };
const word = (text: string, start: number, end: number) => ({ text, confidence: 1, tokens: tokens(text), ...span(start, end) });
const text = (words: ReturnType<typeof word>[]) => ({
  text: words.map((item) => item.text).join(' '),
  avgLogProb: -0.2,
  decoding: { ...decoding, tokens: tokens(words.map((item) => item.text).join('')) },
  start: words[0]?.start ?? 0,
  end: words.at(-1)?.end ?? 0,
  words,
});
const secondsOf = (spans: readonly { start: number; end: number }[]) => spans.map(({ start, end }) => [start / RATE, end / RATE]);

describe('holes', () => {
  const window = { ...span(0, 20), speech: [span(0, 6), span(8, 12), span(12.2, 15)] };
  const holes = (...covered: [number, number][]) =>
    secondsOf(
      holesIn(
        window,
        covered.map(([start, end]) => span(start, end)),
      ),
    );

  it.each<[string, [number, number][], number[][]]>([
    ['all is covered', [[0, 15]], []],
    [
      'nothing is',
      [],
      [
        [0, 6],
        [8, 15],
      ],
    ],
    [
      'a pause is not',
      [
        [0, 6.05],
        [7.9, 15],
      ],
      [],
    ],
    [
      'half a second is not',
      [
        [0, 3],
        [3.6, 6],
        [8, 15],
      ],
      [],
    ],
    [
      'a second is not',
      [
        [0, 3],
        [4, 6],
        [8, 15],
      ],
      [[3.1, 3.9]],
    ],
    [
      'the end is not',
      [
        [0, 6],
        [8, 10],
      ],
      [[10.1, 15]],
    ],
    [
      'as much at the end is not',
      [
        [0, 6],
        [8, 14.1],
      ],
      [],
    ],
    [
      'texts overlap',
      [
        [0, 6],
        [2, 3],
        [8, 15],
      ],
      [],
    ],
  ])('where %s', (_, covered, expected) => {
    expect(holes(...covered)).toEqual(expected);
  });
});

it('a word accounts for as long as it can take, up to its end; a text without words for all of its time', () => {
  const long = text([word('a', 0, 2), word('longer', 2, 2.5)]);
  const { words: _, ...plain } = text([word('b', 3, 9)]);
  expect(secondsOf(coveredBy([plain, long]))).toEqual([
    [expect.closeTo(1.73), 2],
    [2, 2.5],
    [3, 9],
  ]);
});

describe('a text over a hole', () => {
  const said = text([word('One', 0, 1), word('one,', 1, 2), word('two', 2, 6), word('three.', 6, 7)]);
  const opened = (hole: [number, number]) => openText(said, span(...hole)).map((part) => [part.text, part.start / RATE, part.end / RATE]);

  it.each<[string, [number, number], unknown]>([
    [
      'in the middle is cut there, and the word behind gives up its time',
      [2.2, 5.5],
      [
        ['One one,', 0, 2],
        ['two three.', 5.5, 7],
      ],
    ],
    ['in front only begins later', [-3, 0.5], [['One one, two three.', 0.5, 7]]],
    ['at the first word begins behind it', [0, 0.8], [['One one, two three.', 0.8, 7]]],
    ['behind stays as it is', [8, 9], [['One one, two three.', 0, 7]]],
  ])('%s', (_, hole, expected) => {
    expect(opened(hole)).toEqual(expected);
  });

  it('takes its tokens along', () => {
    expect(openText(said, span(2.2, 5.5)).map((part) => part.decoding.tokens)).toEqual([tokens('Oneone,'), tokens('twothree.')]);
  });

  it('stays in one piece where its words are not known', () => {
    const { words: _, ...plain } = said;
    expect(openText(plain, span(2, 5))).toEqual([plain]);
  });
});

it.each([
  ['point him out', ['Point him out to me.'], true],
  ['point her out', ['Point him out to me.'], false],
])('“%s” beside %j is a repetition: %s', (found, neighbours, expected) => {
  expect(repeatsNeighbours(found, neighbours)).toBe(expected);
});

describe('the last word before a pause', () => {
  const speech = [span(0, 2), span(3, 5)];
  it.each<[string, [number, number][], number[][]]>([
    [
      'lasts until the pause',
      [
        [0, 1],
        [1, 1.7],
        [3, 4.6],
      ],
      [
        [0, 1],
        [1, 2],
        [3, 5],
      ],
    ],
    [
      'does not where that is far',
      [
        [0, 1],
        [1, 1.3],
        [3, 4.2],
      ],
      [
        [0, 1],
        [1, 1.3],
        [3, 4.2],
      ],
    ],
    [
      'lasts until the next word',
      [
        [0, 1],
        [1.4, 2],
      ],
      [
        [0, 1.4],
        [1.4, 2],
      ],
    ],
    ['is left in silence', [[2.2, 2.5]], [[2.2, 2.5]]],
  ])('%s', (_, words, expected) => {
    expect(
      secondsOf(
        reachSilence(
          words.map(([start, end]) => span(start, end)),
          speech,
        ),
      ),
    ).toEqual(expected);
  });
});

describe('the times of the texts of a window', () => {
  it('are in order of the words, and never overlap', () => {
    const settled = settleTimes([text([word('b', 3, 5)]), { ...text([word('a', 1, 3.5)]), start: 4 * RATE }], []);
    expect(settled.map((item) => [item.text, item.start / RATE, item.end / RATE])).toEqual([
      ['a', 1, 3.5],
      ['b', 3.5, 5],
    ]);
    expect(settled[1]?.words?.[0]?.start).toBe(3.5 * RATE);
  });

  it('are trimmed to speech with a margin; over silence they stay', () => {
    const bare = (start: number, end: number) => ({ text: 'x', avgLogProb: 0, decoding, ...span(start, end) });
    expect(secondsOf(settleTimes([bare(0, 10), bare(12, 13)], [span(2, 3), span(5, 6)]))).toEqual([
      [1.8, 6.2],
      [12, 13],
    ]);
  });

  it('leave every word some time', () => {
    const [only] = settleTimes([text([word('a', 1, 1), word('b', 1, 1)])], []);
    expect(secondsOf(only?.words ?? [])).toEqual([
      [1, 1.02],
      [1.02, 1.04],
    ]);
    expect(only?.end).toBe(1.04 * RATE);
  });
});
