/** The recogniser on real models: micro, which lies here, and Whisper base, where the development data are. */
import path from 'node:path';
import { defaultOptions, type TranscribeOptions } from '@bulk-transcribe/protocol';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { SpeechWindow } from '../../src/vad/pack-windows.ts';
import { openTokenizer, type Tokenizer } from '../../src/whisper/tokenizer/tokenizer.ts';
import { type OpenOptions, openWhisper, type WhisperModel } from '../../src/whisper/whisper-model.ts';
import { whisperRecogniser } from '../../src/whisper/whisper-recogniser.ts';
import { RATE, temporaryFolder } from '../media.ts';
import { describeWithBase, golden } from './base-golden.ts';
import { decodeFile, goldenFile, micro } from './golden.ts';

const never = new AbortController().signal;
const info = { id: 'w', name: 'W', languages: ['en', 'de'], wordTimes: true, prompt: true, translation: true, license: 'MIT', default: false };

/** A whole recording as one window at `start` seconds, taken to be speech from its first sound to its last. */
const windowOf = (samples: Float32Array, start: number): SpeechWindow => {
  const [from, to] = [start * RATE, start * RATE + samples.length];
  return { kind: 'window', start: from, end: to, samples, speech: [{ start: from, end: to }] };
};

async function openModel(folder: string, precision: OpenOptions['precision']) {
  const cache = await temporaryFolder();
  const model = await openWhisper({ folder, cacheFolder: cache.path('graphs'), threads: 1, device: 'cpu', precision });
  const tokenizer = await openTokenizer(path.join(folder, 'tokenizer.json'));
  const close = async () => {
    await model.release();
    await cache[Symbol.asyncDispose]();
  };
  return { model, tokenizer, close };
}

/** Sums come out a little otherwise in another order: numbers of `value` that are one in the third digit from those of `other`, at most, count as these. */
const LITTLE = 1.000001e-3;
function likened(value: unknown, other: unknown): unknown {
  if (typeof value === 'number' && typeof other === 'number') return Math.abs(value - other) <= LITTLE ? other : value;
  if (typeof value !== 'object' || value === null || typeof other !== 'object' || other === null) return value;
  const pairs = Object.entries(value).map(([key, item]) => [key, likened(item, (other as Record<string, unknown>)[key])]);
  return Array.isArray(value) ? pairs.map(([, item]) => item) : Object.fromEntries(pairs);
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const recogniserOf = (model: WhisperModel, tokenizer: Tokenizer, options: Partial<TranscribeOptions>) =>
  whisperRecogniser({ info, model, tokenizer }, { ...defaultOptions, ...options });

describe('micro', () => {
  let opened: Awaited<ReturnType<typeof openModel>>;
  let windows: SpeechWindow[];
  beforeAll(async () => {
    opened = await openModel(micro, 'default');
    const clips = await Promise.all(['jfk', 'leo-de', 'edge-hiss'].map((name) => decodeFile(goldenFile(`audio/${name}.flac`))));
    windows = [...clips, ...clips].map((samples, index) => windowOf(samples, 30 * index));
  });
  afterAll(() => opened.close());

  it.each<[string, Partial<TranscribeOptions>]>([
    ['greedily', { languageDetection: 'window' }],
    ['with word times', { languageDetection: 'window', wordTimes: true }],
    ['with beams, words and a prompt', { language: 'en', beamSize: 3, wordTimes: true, prompt: 'some words before' }],
    ['at a temperature', { language: 'en', temperature: 0.6 }],
  ])('a window has the same result alone and in any batch: %s', async (_, options) => {
    const recognise = (some: SpeechWindow[]) => recogniserOf(opened.model, opened.tokenizer, options).recognise(some, never);
    const together = await recognise(windows);
    expect(together[0]?.text).not.toBe('');
    for (const [index, window] of windows.entries()) {
      const [alone, among] = [plain(await recognise([window])), plain([together[index]])];
      expect(likened(alone, among)).toEqual(among);
    }
  });

  it('hears the language of each window', async () => {
    const recogniser = recogniserOf(opened.model, opened.tokenizer, { languageDetection: 'window' });
    const results = await recogniser.recognise(windows.slice(0, 2), never);
    expect(results.map(({ language }) => language)).toEqual(['en', 'de']);
  });
});

interface WordsGolden {
  readonly lang: string;
  readonly transcribe: { readonly segments: readonly { readonly words: readonly (readonly [text: string, start: number, end: number])[] }[] };
}

const bare = (word: string): string =>
  word
    .trim()
    .toLowerCase()
    .replace(/[.,?!]+$/, '');

describeWithBase('Whisper base', async (folder) => {
  const opened = await openModel(folder, 'default');
  afterAll(() => opened.close());
  const audio = path.join(folder, '../../audio');
  const recognise = async (file: string, options: Partial<TranscribeOptions> = {}, { model, tokenizer } = opened) => {
    const [result] = await recogniserOf(model, tokenizer, options).recognise([windowOf(await decodeFile(path.join(audio, file)), 0)], never);
    if (!result) throw new Error('No result.');
    return result;
  };

  it.each([
    ['misc/jfk.flac', 'en', /ask not what your country can do for you/],
    ['other-lang/leo-de.flac', 'de', /hinter diesem Portal/i],
    ['other-lang/mls-es-13697.flac', 'es', /sorpresa/],
    ['other-lang/leo-ko.flac', 'ko', /걸어갔다/],
  ])('%s is heard to be %s', async (file, language, words) => {
    expect(await recognise(file)).toMatchObject({ language, text: expect.stringMatching(words) });
  });

  // A name that is heard uncertainly comes out of 8-bit weights otherwise on one processor than on another: there float32 it is.
  it.each([
    ['jfk', 'misc', 'default'],
    ['mls-es-13697', 'other-lang', 'exact'],
    ['leo-ko', 'other-lang', 'default'],
  ] as const)('the words of %s are said when openai-whisper says so', async (id, below, precision) => {
    const chosen = precision === 'default' ? opened : await openModel(folder, precision);
    if (chosen !== opened) onTestFinished(() => chosen.close());
    const { lang: language = '', transcribe } = (await golden<Record<string, WordsGolden>>('words.json'))[id] ?? {};
    const { segments = [] } = await recognise(`${below}/${id}.flac`, { language, wordTimes: true }, chosen);
    const own = segments.flatMap(({ words = [] }) => words);
    const expected = transcribe?.segments.flatMap(({ words }) => words) ?? [];
    expect(own.map(({ text }) => bare(text))).toEqual(expected.map(([text]) => bare(text)));
    const distances = own.flatMap(({ start, end }, index) => {
      const [, from = Number.NaN, to = Number.NaN] = expected[index] ?? [];
      return [Math.abs(start / RATE - from), Math.abs(end / RATE - to)];
    });
    const sorted = distances.toSorted((one, other) => one - other);
    // Seconds; a hair more, as sums of floats are not exact.
    expect(sorted[Math.floor(0.5 * sorted.length)]).toBeLessThan(0.0201);
    expect(sorted[Math.floor(0.9 * sorted.length)]).toBeLessThan(0.0801);
  });

  it('translates', async () => {
    const { text, language } = await recognise('other-lang/leo-de.flac', { task: 'translate' });
    expect(text).toMatch(/portal/i);
    expect(language).toBe('de');
  });

  it('a glossary brings a name right that is heard wrong without it', async () => {
    const file = 'other-lang/mls-es-13697.flac';
    expect((await recognise(file, { language: 'es' })).text).not.toContain('Wentworth');
    expect((await recognise(file, { language: 'es', glossary: ['Jane Austen', 'Persuasión', 'capitán Wentworth'] })).text).toContain('Wentworth');
  });

  it('one window in another language is written in that, and the reader told', async () => {
    const files = ['misc/ps-0870.flac', 'misc/ps-0890.flac', 'misc/ps-0870.flac', 'other-lang/leo-de.flac'];
    const clips = await Promise.all(files.map((file) => decodeFile(path.join(audio, file))));
    const windows = clips.map((samples, index) => windowOf(samples, 30 * index));
    const results = await recogniserOf(opened.model, opened.tokenizer, { language: null }).recognise(windows, never);
    expect(results.map(({ language, findings }) => [language, findings?.map(({ code }) => code)])).toEqual([
      ['en', []],
      ['en', []],
      ['en', []],
      ['de', ['language_changed']],
    ]);
    expect(results[3]?.text).toMatch(/portal/i);
  });

  it('text where no speech was found by its sound is heard once more, and stays with a warning', async () => {
    const window = windowOf(await decodeFile(path.join(audio, 'misc/jfk.flac')), 0);
    const [result] = await recogniserOf(opened.model, opened.tokenizer, { language: 'en' }).recognise([{ ...window, speech: [] }], never);
    expect(result?.text).toMatch(/ask not what your country can do for you/);
    expect(new Set(result?.findings?.map(({ code }) => code))).toEqual(new Set(['text_over_silence']));
  });

  it.each(['edge/edge-silence.flac', 'edge/edge-hiss.flac'])('%s, taken for speech, is no transcript without a warning', async (file) => {
    const { findings } = await recognise(file, { language: 'en' });
    expect(findings?.map(({ code }) => code)).toContain('speech_without_text');
  });
});
