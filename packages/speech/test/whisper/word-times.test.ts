import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { FRAME } from '../../src/whisper/constants.ts';
import { openTokenizer } from '../../src/whisper/tokenizer/tokenizer.ts';
import { type TimedToken, timedWords } from '../../src/whisper/word-times/timed-words.ts';
import { tokenTimes } from '../../src/whisper/word-times/token-times.ts';
import { alignmentMatrix } from '../../src/word-times/alignment-matrix.ts';
import { cutToSpeech, speechForWords } from '../../src/word-times/cut-to-speech.ts';
import { mergeMarks } from '../../src/word-times/merge-marks.ts';
import { firstFrames } from '../../src/word-times/time-warping.ts';
import { RATE } from '../media.ts';
import { describeWithBase, golden, goldenFloats } from './base-golden.ts';
import { scriptedFacts } from './scripted-model.ts';

const FRAMES_PER_SECOND = 50;

interface WordsGolden {
  readonly lang: string;
  /** Of the log-mel, two for each encoder frame. */
  readonly numFrames: number;
  readonly tokens: readonly number[];
  readonly heads: readonly unknown[];
  readonly textTokens: readonly number[];
  readonly dtw: { readonly textIndex: readonly number[]; readonly timeIndex: readonly number[] };
  readonly alignment: readonly { readonly word: string; readonly tokens: readonly number[]; readonly start: number; readonly end: number }[];
  readonly transcribe: {
    readonly segments: readonly {
      readonly tokens: readonly number[];
      readonly words: readonly (readonly [word: string, start: number, end: number])[];
    }[];
  };
}

/** From [heads, tokens, frames], as the reference stores it, to [tokens, heads, frames]. */
function byToken(data: Float32Array, [heads, tokens, frames]: readonly [number, number, number]): Float32Array {
  const turned = new Float32Array(data.length);
  for (let head = 0; head < heads; head += 1) {
    for (let token = 0; token < tokens; token += 1) {
      const from = (head * tokens + token) * frames;
      turned.set(data.subarray(from, from + frames), (token * heads + head) * frames);
    }
  }
  return turned;
}

/** The first frame of each row of a path. */
const jumpsOf = ({ textIndex, timeIndex }: WordsGolden['dtw']): number[] =>
  textIndex.flatMap((row, at) => (row === textIndex[at - 1] ? [] : [timeIndex[at] ?? 0]));

async function againstReference(folder: string): Promise<void> {
  const tokenizer = await openTokenizer(path.join(folder, 'tokenizer.json'));
  const clips = Object.entries(await golden<Record<string, WordsGolden>>('words.json'));

  it('scores become the matrix of the reference', async () => {
    const jfk = clips.find(([id]) => id === 'jfk')?.[1];
    if (!jfk) throw new Error('jfk is missing');
    const shape = [jfk.heads.length, jfk.tokens.length, jfk.numFrames / 2] as const;
    const [heads, rows, frames] = shape;
    const data = byToken(await goldenFloats('jfk.cross-qk.f32'), shape);
    const matrix = alignmentMatrix({ data, heads, frames }, [...Array(rows).keys()], frames);
    const expected = await goldenFloats('jfk.align-matrix.f32');
    // The reference cuts off the sot sequence and the end token after standardising.
    const from = 3 * frames;
    const worst = expected.reduce((max, value, at) => Math.max(max, Math.abs(value - (matrix[from + at] ?? 0))), 0);
    expect(worst).toBeLessThan(1e-4);
  });

  it.each(clips.filter(([id]) => id !== 'leo-ko'))('%s: warping finds the path of the reference', async (id, { dtw, textTokens }) => {
    const matrix = await goldenFloats(`${id}.align-matrix.f32`);
    const rows = textTokens.length + 1;
    expect(firstFrames(matrix, rows, matrix.length / rows)).toEqual(jumpsOf(dtw));
  });

  it.each(clips)('%s: words have the times of the reference', (_, { alignment, textTokens, dtw, lang }) => {
    const jumps = jumpsOf(dtw).map((frame) => frame / FRAMES_PER_SECOND);
    const tokens = textTokens.map((token, at): TimedToken => ({ token, logProb: 0, start: jumps[at] ?? 0, end: jumps[at + 1] ?? 0 }));
    const words = timedWords(tokens, lang, tokenizer);
    // The reference lists marks as words here; they lengthen no word.
    const bare = (text: string) => text.trim().replace(/[.,]+$/, '');
    const expected = alignment.filter(({ word }) => bare(word) !== '').map(({ word, start, end }) => ({ text: bare(word), start, end }));
    expect(words.map(({ text, start, end }) => ({ text: bare(text), start, end }))).toEqual(expected);
  });

  it.each(clips)('%s: words are those of the reference, marks merged', (_, { transcribe, lang }) => {
    for (const segment of transcribe.segments) {
      const tokens = segment.tokens.filter((token) => token < 50257).map((token): TimedToken => ({ token, logProb: -0.5, start: 0, end: 1 }));
      const words = timedWords(tokens, lang, tokenizer);
      expect(words.map(({ text }) => text)).toEqual(segment.words.map(([word]) => word.trim()));
      for (const { confidence } of words) expect(confidence).toBeCloseTo(Math.exp(-0.5), 6);
    }
  });
}

describeWithBase('word times', againstReference);

describe('warping', () => {
  /** All ways, tried out. */
  function slowTwin(fit: Float32Array, rows: number, frames: number): number {
    const at = (row: number, frame: number): number => {
      if (row < 0 || frame < 0) return Number.NEGATIVE_INFINITY;
      const before = row === 0 && frame === 0 ? 0 : Math.max(at(row - 1, frame - 1), at(row - 1, frame), at(row, frame - 1));
      return before + (fit[row * frames + frame] ?? 0);
    };
    return at(rows - 1, frames - 1);
  }

  it.each([
    [1, 4],
    [3, 3],
    [4, 7],
    [5, 2],
  ])('of %i rows and %i frames goes the best way there is', (rows, frames) => {
    const fit = Float32Array.from({ length: rows * frames }, (_, index) => Math.round(8 * Math.sin(index * index + rows)));
    const first = firstFrames(fit, rows, frames);
    expect(first[0]).toBe(0);
    // From each row's first frame on, the way stays in the row until the next row begins; the next begins in the same frame or the one behind.
    const score = (starts: readonly number[]): number => {
      const ways = starts.map((start, row) => {
        const next = starts[row + 1];
        const sum = (end: number) => fit.subarray(row * frames + start, row * frames + end + 1).reduce((total, value) => total + value, 0);
        return next === undefined ? [sum(frames - 1)] : [sum(next), ...(next > start ? [sum(next - 1)] : [])];
      });
      return ways.reduce((total, options) => total + Math.max(...options), 0);
    };
    expect(score(first)).toBe(slowTwin(fit, rows, frames));
  });
});

describe('a text that begins within a window', () => {
  /** Two words, that look at frames 22 to 28 and 30 to 36 of 40; a timestamp before them, the end behind. */
  const looksAt = [20, 22, 30, 37].map((from) => Array.from({ length: 40 }, (_, frame) => (frame >= from && frame < from + 6 ? 9 : 0)));
  const row = {
    tokens: [2000, 1, 2],
    logProbs: [0, 0, 0, 0],
    sumLogProb: 0,
    avgLogProb: 0,
    noSpeechProb: 0,
    alignment: { heads: 1, frames: 40, scores: Float32Array.from(looksAt.flat()) },
  };
  const { tokens } = scriptedFacts;

  it('has its words where they would be in the sound from there on', () => {
    const [from, samples] = [20 * FRAME, 40 * FRAME];
    const scores = Float32Array.from(looksAt.flatMap((row) => row.slice(20)));
    const apart = tokenTimes({ ...row, alignment: { heads: 1, frames: 20, scores } }, tokens, { from: 0, samples: samples - from });
    const within = tokenTimes(row, tokens, { from, samples });
    expect(within.size).toBe(2);
    expect(within).toEqual(new Map(Array.from(apart, ([place, { start, end }]) => [place, { start: from + start, end: from + end }])));
  });
});

describe('punctuation', () => {
  it.each([
    [
      [' "', 'Hello', ',', ' world', '!', '"'],
      [' "Hello,', ' world!"'],
    ],
    [[' ¿', 'Qué', '?'], [' ¿Qué?']],
    [
      [' (', ' "', 'a', ')', ' b'],
      [' ( "a)', ' b'],
    ],
    [
      ['今日', '。', '世界', '、'],
      ['今日。', '世界、'],
    ],
    [['.'], ['.']],
    [[], []],
  ])('%j becomes %j', (texts, expected) => {
    const words = texts.map((text, index) => ({ text, tokens: [index] }));
    expect(mergeMarks(words).map(({ text }) => text)).toEqual(expected);
    expect(mergeMarks(words).flatMap(({ tokens }) => tokens)).toEqual(words.flatMap(({ tokens }) => tokens));
  });
});

describe('words are cut to speech', () => {
  const at = (start: number, end: number) => ({ start: start * RATE, end: end * RATE });
  const speech = speechForWords([at(1, 2), at(2.1, 3), at(5, 6)]);

  it('pauses under 0.2 s are none, and speech has a margin', () => {
    expect(speech).toEqual([at(0.95, 3.05), at(4.95, 6.05)]);
  });

  it.each([
    ['a pause before it', at(2.9, 5.5), at(4.95, 5.5)],
    ['a pause behind it', at(2.5, 4), at(2.5, 3.05)],
    ['no pause', at(1.2, 1.5), at(1.2, 1.5)],
    ['its last piece too short', at(2.5, 5), at(2.5, 3.05)],
    ['only short pieces', at(3, 5), at(4.95, 5)],
    ['no speech at all', at(3.5, 4), at(3.5, 4)],
  ])('with %s', (_, word, expected) => {
    expect(cutToSpeech(word, speech)).toEqual(expected);
  });
});
