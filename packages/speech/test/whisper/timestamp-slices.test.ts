import { describe, expect, it } from 'vitest';
import { timestampSlices } from '../../src/whisper/segments/timestamp-slices.ts';
import { describeWithBase, golden } from './base-golden.ts';
import { goldenFile, readJson } from './golden.ts';
import { characters, tokensOf } from './scripted-model.ts';

const BEGIN = 2000;

describe('a row is cut where two timestamps stand side by side', () => {
  const cut = (text: string) =>
    timestampSlices(tokensOf(text), BEGIN).map(({ from, to, start, end }) => [
      characters.decode(tokensOf(text).slice(from, to)),
      start / 50,
      end === null ? null : end / 50,
    ]);

  it.each([
    ['one segment', '<0> a.<2.5>', [[' a.', 0, 2.5]]],
    ['one that begins later', '<0.5> a.<2.5>', [[' a.', 0.5, 2.5]]],
    [
      'two',
      '<0> a.<2><2> b.<4>',
      [
        [' a.', 0, 2],
        [' b.', 2, 4],
      ],
    ],
    [
      'a pause between',
      '<0> a.<2><3> b.<4>',
      [
        [' a.', 0, 2],
        [' b.', 3, 4],
      ],
    ],
    [
      'no end',
      '<0> a.<2><3> b',
      [
        [' a.', 0, 2],
        [' b', 3, null],
      ],
    ],
    ['a pair at the end', '<0> a.<2><2>', [[' a.', 0, 2]]],
    ['no end at all', '<0> a', [[' a', 0, null]]],
    ['an end that is its start', '<1> a<1>', [[' a', 1, null]]],
    ['no timestamps', ' a', [[' a', 0, null]]],
    ['timestamps alone', '<0><0>', []],
    ['nothing', '', []],
  ])('%s', (_, text, expected) => {
    expect(cut(text)).toEqual(expected);
  });
});

interface GoldenSegment {
  /** Start of its window, in frames of 10 ms. */
  readonly seek: number;
  readonly start: number;
  readonly end: number;
  readonly tokens: readonly number[];
}

/** The segments of each window put together again fall apart into the same ones. */
function expectSameSegments(segments: readonly GoldenSegment[], timestampBegin: number): void {
  for (const [seek, own] of Map.groupBy(segments, (segment) => segment.seek)) {
    const tokens = own.flatMap((segment) => segment.tokens);
    const slices = timestampSlices(tokens, timestampBegin);
    expect(slices.map(({ from, to }) => tokens.slice(from, to))).toEqual(own.map((segment) => segment.tokens));
    const second = (steps: number) => seek / 100 + steps / 50;
    // The reference lets a segment that is alone in its window begin with the window.
    if (own.length > 1) expect(slices.map(({ start }) => second(start))).toEqual(own.map(({ start }) => expect.closeTo(start, 2)));
    expect(slices.map(({ end }) => end === null || second(end))).toEqual(
      own.map(({ end }, index) => slices[index]?.end === null || expect.closeTo(end, 2)),
    );
  }
}

it('the segments of the reference: micro', async () => {
  const { longform } = await readJson<{ longform: { runs: { segments: GoldenSegment[] }[] } }>(goldenFile('micro/golden.json'));
  for (const { segments } of longform.runs) expectSameSegments(segments, 1036);
});

describeWithBase('the segments of the reference: whisper-base', async () => {
  const { runs } = await golden<{ runs: { options: { word_timestamps?: boolean }; segments: GoldenSegment[] }[] }>('longform.json');
  // Words move the borders of their segments there.
  it.each(runs.filter(({ options }) => !options.word_timestamps))('run $#', ({ segments }) => expectSameSegments(segments, 50364));
});
