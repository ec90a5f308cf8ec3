/** OpenAI's own client and the whole product with a Whisper model: the micro checkpoint, which has learnt two clips by heart. */
import { createReadStream } from 'node:fs';
import { symlink } from 'node:fs/promises';
import path from 'node:path';
import { OpenAI } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RATE, temporaryFolder, writeWav } from '../packages/speech/test/media.ts';
import { decodeFile, goldenFile, micro } from '../packages/speech/test/whisper/golden.ts';
import { type Product, startProduct } from './product.ts';

const [jfk, german] = [goldenFile('audio/jfk.flac'), goldenFile('audio/leo-de.flac')];
const SAID = 'And so my fellow Americans ask not what your country can do for you, ask what you can do for your country.';
/** Further apart than a window is long. */
const APART_SEC = 30;
/** More than are decoded together: the first ones are told of before the last are heard. */
const WINDOWS = 24;

type Options = Partial<OpenAI.Audio.TranscriptionCreateParamsNonStreaming>;

let product: Product;
let client: OpenAI;
beforeAll(async () => {
  product = await startProduct();
  client = new OpenAI({ baseURL: `${product.origin}/v1`, apiKey: 'any', maxRetries: 0 });
});
afterAll(() => product.remove());

/** `whisper-1`: as clients that know no other. */
const ask = (file: string, options: Options = {}) =>
  client.audio.transcriptions.create({ file: createReadStream(file), model: 'whisper-1', ...options });
const verbose = async (file: string, options: Options = {}) =>
  (await ask(file, { response_format: 'verbose_json', ...options })) as unknown as OpenAI.Audio.TranscriptionVerbose;
const idsOfModels = async () => (await Array.fromAsync(client.models.list())).map(({ id }) => id);

it('a model that is installed meanwhile does from then on what nobody chose a model for', async () => {
  await expect(ask(german, { language: 'de' })).rejects.toMatchObject({ status: 400, code: 'language_not_supported' });
  await symlink(micro, path.join(product.dataRoot, 'models/micro'), 'dir');
  await expect.poll(idsOfModels, { interval: 500 }).toContain('micro');
  expect((await ask(german, { language: 'de' })).text).toContain('Leichenhalle');
});

describe('with a Whisper model', () => {
  it('json and text hold what is said', async () => {
    expect((await ask(jfk)).text).toBe(SAID);
    expect(await ask(jfk, { response_format: 'text', model: 'micro', language: 'en' })).toBe(`${SAID}\n`);
  });

  it('verbose json has the numbers of the model, words and segments as they are asked for', async () => {
    const { language, duration, segments = [], words } = await verbose(jfk);
    expect([language, duration, words]).toEqual(['english', expect.closeTo(11, 1), undefined]);
    expect(segments.map(({ text }) => text.trim()).join(' ')).toBe(SAID);
    for (const segment of segments) {
      expect(segment.tokens.length).toBeGreaterThan(3);
      const number = expect.any(Number);
      expect(segment).toMatchObject({ temperature: 0, avg_logprob: number, compression_ratio: number, no_speech_prob: number });
    }
    const timed = await verbose(jfk, { timestamp_granularities: ['word'] });
    expect(timed.words?.map(({ word }) => word).join(' ')).toBe(SAID);
    expect(timed.segments).toBeUndefined();
    const both = await verbose(jfk, { timestamp_granularities: ['word', 'segment'] });
    expect([both.words?.length, both.segments?.length]).toEqual([timed.words?.length, segments.length]);
  });

  it('captions carry the times of the segments', async () => {
    expect(await ask(jfk, { response_format: 'srt' })).toMatch(/^1\n00:00:0\d,\d{3} --> 00:00:\d\d,\d{3}\nAnd so my fellow/);
    expect(await ask(jfk, { response_format: 'vtt' })).toMatch(/^WEBVTT\n\n00:00:0\d\.\d{3} --> /);
  });

  it('temperature and prompt reach the model', async () => {
    const { segments = [] } = await verbose(jfk, { temperature: 0.4, prompt: 'A speech.' });
    expect(segments.map(({ temperature }) => temperature)).toEqual(segments.map(() => 0.4));
    // The model was told to write another text behind this prompt.
    const response = await ask(jfk, { prompt: 'x'.repeat(3000), response_format: 'json' }).withResponse();
    expect(response.response.headers.get('x-warnings')).toContain('prompt_shortened');
  });

  it('translations are into English', async () => {
    // The client's types know of no language here; the micro checkpoint hears none of itself.
    const translate = (response_format: string) =>
      client.audio.translations.create({
        ...{ file: createReadStream(german), model: 'whisper-1', response_format, language: 'de' },
      } as OpenAI.Audio.TranslationCreateParams<'json'>);
    expect((await translate('json')).text).toContain('morgue');
    expect(await translate('verbose_json')).toMatchObject({ task: 'translate', language: 'english', text: expect.stringContaining('morgue') });
    expect(await translate('srt')).toContain('morgue');
  });

  it('a stream tells of each window as it is finished; the deltas together are the text', async () => {
    await using folder = await temporaryFolder();
    const clip = await decodeFile(jfk);
    const samples = new Float32Array(WINDOWS * APART_SEC * RATE);
    for (let window = 0; window < WINDOWS; window += 1) samples.set(clip, window * APART_SEC * RATE);
    const file = await writeWav(folder.path('often.wav'), samples);
    const deltas: string[] = [];
    let done = '';
    for await (const event of await client.audio.transcriptions.create({ file: createReadStream(file), model: 'whisper-1', stream: true })) {
      if (event.type === 'transcript.text.delta') deltas.push(event.delta);
      if (event.type === 'transcript.text.done') done = event.text;
    }
    expect(done).toBe(Array(WINDOWS).fill(SAID).join(' '));
    expect(deltas.length).toBeGreaterThan(1);
    expect(deltas.join('')).toBe(done);
  });
});
