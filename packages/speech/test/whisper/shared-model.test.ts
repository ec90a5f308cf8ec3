/** Several recordings at a time on one model. */
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { defaultOptions, type Transcript } from '@bulk-transcribe/protocol';
import { sampleRecording } from '@bulk-transcribe/sample';
import { describe, expect, it } from 'vitest';
import { nodeAvDecoder } from '../../src/decode/node-av-decoder.ts';
import type { Transcribe } from '../../src/engine.ts';
import { createTranscribe } from '../../src/transcribe.ts';
import { openSpeechDetector } from '../../src/vad/silero.ts';
import { SharedModel } from '../../src/whisper/shared-model.ts';
import { openTokenizer } from '../../src/whisper/tokenizer/tokenizer.ts';
import { openWhisper, type WhisperModel } from '../../src/whisper/whisper-model.ts';
import { whisperRecogniser } from '../../src/whisper/whisper-recogniser.ts';
import { WhisperShelf } from '../../src/whisper/whisper-shelf.ts';
import { repeat, sampleAudio, temporaryFolder, writeWav } from '../media.ts';
import { goldenFile, micro } from './golden.ts';

const CPU = { kind: 'cpu', name: null, fallbacks: [] } as const;
const info = { id: 'micro', name: 'Micro', languages: ['en'], wordTimes: true, prompt: true, translation: true, license: 'MIT', default: false };
const said = ({ segments }: Transcript) => segments.map(({ start, end, text }) => [start, end, text]);
const never = new AbortController().signal;

/** The same model, and how many rows it was asked to decode each time. */
function counted(model: WhisperModel): { model: WhisperModel; rows: number[] } {
  const rows: number[] = [];
  const decode: WhisperModel['decode'] = (hidden, request) => {
    rows.push(hidden.windows);
    return model.decode(hidden, request);
  };
  return { model: { ...model, decode }, rows };
}

describe('one model for several recordings', () => {
  it('computes as one batch what they ask for in the same way, and each gets what it would have got alone', async () => {
    await using cache = await temporaryFolder();
    const { model, rows } = counted(
      await openWhisper({ folder: micro, cacheFolder: cache.path('g'), threads: 1, device: 'cpu', precision: 'default' }),
    );
    const speech = await sampleAudio();
    const hidden = await Promise.all([0, 1, 2].map((at) => model.encode([speech.subarray(at * 48_000, (at + 1) * 48_000)])));
    const { sot, transcribe, languages } = model.facts.tokens;
    const prompts = [[sot, languages.get('en') ?? 0, transcribe ?? 0]];
    // Different limits are no reason to go apart, a temperature is.
    const requests = [12, 20, 20].map((maxTokens, at) => ({ prompts, timestamps: true, temperature: at === 2 ? 0.4 : 0, seed: at, maxTokens }));
    const alone = [];
    for (const [at, request] of requests.entries()) alone.push(await model.decode(hidden[at] as never, request));
    rows.length = 0;
    const shared = new SharedModel(model, () => 3);
    const together = await Promise.all(requests.map((request, at) => shared.decode(hidden[at] as never, request)));
    expect(rows).toEqual([2, 1]);
    for (const [at, [row]] of together.entries()) {
      expect(row?.tokens).toEqual(alone[at]?.[0]?.tokens);
      expect(row?.avgLogProb).toBeCloseTo(alone[at]?.[0]?.avgLogProb ?? Number.NaN, 4);
    }
    await model.release();
  });

  it('one that fails does not take the others with it, and one that nobody joins is not kept waiting', async () => {
    await using cache = await temporaryFolder();
    const model = await openWhisper({ folder: micro, cacheFolder: cache.path('g'), threads: 1, device: 'cpu', precision: 'default' });
    const shared = new SharedModel(model, () => 5);
    const hidden = await shared.encode([new Float32Array(16_000)]);
    const ask = (prompt: number[]) => shared.decode(hidden, { prompts: [prompt], timestamps: true, temperature: 0, maxTokens: 3 });
    const [bad, good] = await Promise.allSettled([ask([1]), ask([model.facts.tokens.sot])]);
    expect(bad).toMatchObject({ status: 'rejected', reason: expect.any(RangeError) });
    expect(good).toMatchObject({ status: 'fulfilled' });
    await model.release();
  });
});

describe('the models of this machine', () => {
  it('give several recordings at once the texts that they have one by one, and no time of the processor that is not theirs', async () => {
    await using folder = await temporaryFolder();
    const shelf = new WhisperShelf({ modelsDir: goldenFile('.'), graphsDir: folder.path('graphs'), threads: 1, device: CPU });
    const parts = { engine: 'test', decoder: nodeAvDecoder, detectSpeech: await openSpeechDetector() };
    const transcribe = createTranscribe({ ...parts, recogniserFor: (...asked) => shelf.recogniserFor(...asked) });
    const twice = { path: await writeWav(folder.path('twice.wav'), repeat(await sampleAudio(), 2)), name: 'twice' };
    const options = { ...defaultOptions, model: 'micro', language: 'en', temperatureFallback: false };
    const run = (recording: typeof twice) => transcribe(recording, options, never, () => {});
    const oneByOne = [await run(sampleRecording), await run(twice)];
    const atOnce = await Promise.all([run(sampleRecording), run(twice)]);
    expect(atOnce.map(said)).toEqual(oneByOne.map(said));
    const withCpu = ({ provenance }: Transcript) => provenance.steps.filter(({ cpuMs }) => cpuMs !== undefined).map(({ step }) => step);
    expect(oneByOne.map(withCpu)).toContainEqual(['decode', 'vad', 'recognise']);
    expect(atOnce.map(withCpu)).toEqual([['decode'], ['decode']]);
  });

  it('of two short recordings at once make batches with a window of each, and the texts that each has alone', async () => {
    await using folder = await temporaryFolder();
    const opened = await openWhisper({ folder: micro, cacheFolder: folder.path('g'), threads: 1, device: 'cpu', precision: 'default' });
    const { model, rows } = counted(opened);
    const tokenizer = await openTokenizer(path.join(micro, 'tokenizer.json'));
    const parts = { engine: 'test', decoder: nodeAvDecoder, detectSpeech: await openSpeechDetector() };
    /** So many at once: all of them have found their speech before the first one asks the model. */
    const transcriberFor = (recordings: number) => {
      const shared = new SharedModel(model, () => recordings);
      const all = Promise.withResolvers<void>();
      let here = 0;
      const recogniserFor: Parameters<typeof createTranscribe>[0]['recogniserFor'] = (options) => {
        const recogniser = whisperRecogniser({ info, model: shared, tokenizer }, options);
        const recognise: typeof recogniser.recognise = async (...windows) => {
          here += 1;
          if (here === recordings) all.resolve();
          await all.promise;
          return await recogniser.recognise(...windows);
        };
        return { ...recogniser, device: 'cpu', recognise };
      };
      return createTranscribe({ ...parts, recogniserFor });
    };
    const options = { ...defaultOptions, model: 'micro', language: 'en', temperatureFallback: false };
    const run = async (transcribe: Transcribe) => said(await transcribe(sampleRecording, options, never, () => {}));
    const alone = await run(transcriberFor(1));
    expect(rows[0]).toBe(1);
    rows.length = 0;
    const two = transcriberFor(2);
    expect(await Promise.all([run(two), run(two)])).toEqual([alone, alone]);
    expect(rows[0]).toBe(2);
    await opened.release();
  });

  it('leave one in memory as long as a recording uses it, whatever else is asked for', async () => {
    await using folder = await temporaryFolder();
    const { cp } = await import('node:fs/promises');
    for (const id of ['one', 'other']) await cp(micro, folder.path(`models/${id}`), { recursive: true });
    const shelf = new WhisperShelf({ modelsDir: folder.path('models'), graphsDir: folder.path('graphs'), threads: 1, device: CPU });
    const first = await shelf.recogniserFor({ ...defaultOptions, model: 'one', language: 'en' }, []);
    let isLoaded = false;
    const second = shelf.recogniserFor({ ...defaultOptions, model: 'other', language: 'en' }, []).finally(() => {
      isLoaded = true;
    });
    await delay(200);
    expect(isLoaded).toBe(false);
    const window = { kind: 'window', start: 0, end: 16_000, samples: new Float32Array(16_000), speech: [{ start: 0, end: 16_000 }] } as const;
    await expect(first.recognise([window], never)).resolves.toHaveLength(1);
    first.close?.();
    expect((await second).info.id).toBe('other');
  });
});
