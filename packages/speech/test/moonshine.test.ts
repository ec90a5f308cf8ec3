/** The embedded model in the graph that we build of its file. */
import { mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { sampleRecording } from '@bulk-transcribe/sample';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type InstalledModel, locateModel, shippedModels } from '../src/models.ts';
import { type Decoded, decodeBatch } from '../src/moonshine/decode-batch.ts';
import { openDecoder } from '../src/moonshine/kept-decoder.ts';
import { type Moonshine, openMoonshine } from '../src/moonshine/moonshine.ts';
import { type MoonshineSessions, openSessions } from '../src/moonshine/sessions.ts';
import { textOf } from '../src/moonshine/vocabulary.ts';
import { InferenceSession, Tensor } from '../src/onnx/runtime.ts';
import type { SpeechWindow } from '../src/vad/pack-windows.ts';
import { RATE, random, sampleAudio, temporaryFolder } from './media.ts';

const never = new AbortController().signal;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let model: InstalledModel;
let sessions: MoonshineSessions;
let sample: Float32Array;

beforeAll(async () => {
  folder = await temporaryFolder();
  model = await locateModel(shippedModels[0] as (typeof shippedModels)[number], '');
  sessions = await openSessions(model, { threads: 1, cacheFolder: folder.path('graphs') });
  sample = await sampleAudio();
});
afterAll(() => folder[Symbol.asyncDispose]());

describe('decoding', () => {
  let alone: Decoded;
  beforeAll(async () => {
    [alone] = (await decodeBatch(sessions, [sample.subarray(0, 8 * RATE)], never)) as [Decoded];
  });

  it('gives the tokens that the published file gives, asked one by one', async () => {
    const { tokens, logProbs } = await stepByStep(sample.subarray(0, 8 * RATE), alone.tokens.length + 1);
    expect(alone.tokens).toEqual(tokens);
    expect(alone.tokens.length).toBeGreaterThan(10);
    for (const [step, logProb] of logProbs.entries()) expect(Math.abs((alone.logProbs[step] ?? 0) - logProb)).toBeLessThan(0.2);
    expect(alone.avgLogProb).toBeCloseTo(alone.logProbs.reduce((sum, value) => sum + value, 0) / (tokens.length + 1), 5);
  });

  it('of a window does not depend on its neighbours, however long they are', async () => {
    const windows = [sample.subarray(0, 3 * RATE), sample.subarray(0, 8 * RATE), sample, sample.subarray(5 * RATE, 6 * RATE)];
    const together = await decodeBatch(sessions, windows, never);
    expect(together[1]?.tokens).toEqual(alone.tokens);
    expect(together[1]?.avgLogProb).toBeCloseTo(alone.avgLogProb, 4);
    expect(together[1]?.scores.frames).toBe(alone.scores.frames);
    for (const [at, score] of alone.scores.data.entries()) expect(Math.abs((together[1]?.scores.data[at] ?? 99) - score)).toBeLessThan(0.01);
  });

  it('says nothing of silence, noise and tones', async () => {
    const noise = random(3);
    const sounds = [() => 0, () => (noise() - 0.5) / 50, () => (noise() - 0.5) / 3, (at: number) => Math.sin((at * 2 * Math.PI * 440) / RATE) / 4];
    const windows = sounds.map((sound) => Float32Array.from({ length: 6 * RATE }, (_, at) => sound(at)));
    for (const { tokens } of await decodeBatch(sessions, windows, never)) expect(textOf(tokens)).toBe('');
  });

  it('ends between its steps where nobody waits any more', async () => {
    await expect(decodeBatch(sessions, [sample], AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('the recogniser', () => {
  let moonshine: Moonshine;
  let window: SpeechWindow;
  beforeAll(async () => {
    moonshine = await openMoonshine(model, { threads: 1, graphsDir: folder.path('graphs') });
    const start = 100 * RATE;
    const speech = [{ start: start + 0.5 * RATE, end: start + sample.length - 0.5 * RATE }];
    window = { kind: 'window', start, end: start + sample.length, samples: sample, speech };
  });

  it('says when each word was said, with a confidence, and the words are the text', async () => {
    const [recognition] = await moonshine.recogniserFor({ wordTimes: true }).recognise([window], never);
    const segments = recognition?.segments ?? [];
    expect(segments.map(({ text }) => text).join(' ')).toBe(recognition?.text);
    const words = segments.flatMap((segment) => segment.words ?? []);
    expect(words.map(({ text }) => text).join(' ')).toBe(recognition?.text);
    let last = window.start;
    for (const { start, end, confidence } of words) {
      expect(start).toBeGreaterThanOrEqual(last);
      expect(end).toBeGreaterThan(start);
      expect(confidence).toBeGreaterThan(0.1);
      expect(confidence).toBeLessThanOrEqual(1);
      last = end;
    }
    expect(last).toBeLessThanOrEqual(window.end);
    for (const { start, end, words: own } of segments) expect([own?.[0]?.start, own?.at(-1)?.end]).toEqual([start, end]);
  });

  it('keeps words to itself where nobody asks, with the same text and times', async () => {
    const [plain] = await moonshine.recogniserFor({ wordTimes: false }).recognise([window], never);
    const [timed] = await moonshine.recogniserFor({ wordTimes: true }).recognise([window], never);
    expect(plain?.segments).toEqual(timed?.segments?.map(({ words: _, ...segment }) => segment));
  });

  it('answers many windows in the order in which they came, those that are too short with nothing', async () => {
    const cut = (from: number, to: number): SpeechWindow => ({ ...window, samples: sample.subarray(from * RATE, to * RATE) });
    const windows = [window, cut(0, 0.05), cut(0, 4), window, ...Array.from({ length: 7 }, () => cut(0, 4))];
    const texts = (await moonshine.recogniserFor({ wordTimes: false }).recognise(windows, never)).map(({ text }) => text);
    expect(texts[0]).toBe(texts[3]);
    expect(texts[1]).toBe('');
    expect(new Set([texts[2], ...texts.slice(4)]).size).toBe(1);
    expect(sampleRecording.text.slice(0, 10)).toBe(texts[0]?.slice(0, 10));
  });
});

describe('the graph', () => {
  const request = (cacheFolder: string) => ({ file: model.path('decoder_model_merged.onnx'), sha256: model.files[1]?.sha256 ?? '', cacheFolder });
  const opened: number[] = [];
  const open = async (graph: Uint8Array) => {
    opened.push(graph.length);
    return InferenceSession.create(graph, { intraOpNumThreads: 1, logSeverityLevel: 4 });
  };

  it('is kept whole under a name for its content, and what is damaged or of an older version is built again', async () => {
    const [name] = (await readdir(folder.path('graphs'))) as [string];
    expect(await readdir(folder.path('graphs'))).toEqual([expect.stringMatching(/^moonshine-[0-9a-f]{32}-\d+\.onnx$/)]);
    const kept = folder.path(`graphs/${name}`);
    const whole = await readFile(kept);
    await truncate(kept, 1000);
    await writeFile(kept.replace(/-\d+\.onnx$/, '-0.onnx'), 'of an older version');
    await (await openDecoder(request(folder.path('graphs')), open)).release();
    expect(await readdir(folder.path('graphs'))).toEqual([name]);
    expect((await readFile(kept)).equals(whole)).toBe(true);
  });

  it('of another content is another one', async () => {
    await mkdir(folder.path('other'));
    await (await openDecoder({ ...request(folder.path('other')), sha256: 'f'.repeat(64) }, open)).release();
    await (await openDecoder(request(folder.path('other')), open)).release();
    expect(await readdir(folder.path('other'))).toHaveLength(2);
  });

  it('works from memory where it cannot be kept, and says so', async () => {
    await writeFile(folder.path('file'), '');
    const warnings: string[] = [];
    process.once('warning', ({ message }) => warnings.push(message));
    const session = await openDecoder(request(folder.path('file/none')), open);
    expect(session.inputNames).toEqual(['hidden', 'frames', 'limits']);
    await session.release();
    await new Promise((resolve) => setImmediate(resolve));
    expect(warnings).toEqual([expect.stringContaining('cannot be kept')]);
  });

  it('is not made of a file that holds something else', async () => {
    const encoder = { ...request(folder.path('graphs')), file: model.path('encoder_model.onnx'), sha256: '0'.repeat(64) };
    await expect(openDecoder(encoder, open)).rejects.toMatchObject({ code: 'engine_unavailable' });
  });
});

/** The slow, obvious twin: the published decoder, one window, one token at a time. */
async function stepByStep(samples: Float32Array, steps: number): Promise<{ tokens: number[]; logProbs: number[] }> {
  const decoder = await InferenceSession.create(model.path('decoder_model_merged.onnx'), { intraOpNumThreads: 1, logSeverityLevel: 3 });
  const { last_hidden_state: hidden } = await sessions.encoder.run({ input_values: new Tensor('float32', samples, [1, samples.length]) });
  const names = decoder.inputNames.filter((name) => name.startsWith('past_key_values'));
  const feeds: Record<string, Tensor> = Object.fromEntries(names.map((name) => [name, new Tensor('float32', new Float32Array(0), [1, 8, 0, 36])]));
  feeds['encoder_hidden_states'] = hidden as Tensor;
  const tokens: number[] = [];
  const logProbs: number[] = [];
  for (let token = 1; logProbs.length < steps; ) {
    feeds['input_ids'] = new Tensor('int64', BigInt64Array.of(BigInt(token)), [1, 1]);
    feeds['use_cache_branch'] = new Tensor('bool', Uint8Array.of(tokens.length > 0 ? 1 : 0), [1]);
    const outputs = await decoder.run(feeds);
    for (const name of names) {
      if (tokens.length === 0 || name.includes('decoder')) feeds[name] = outputs[name.replace('past_key_values', 'present')] as Tensor;
    }
    const logits = outputs['logits']?.data as Float32Array;
    token = logits.indexOf(Math.max(...logits));
    logProbs.push(-Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - (logits[token] ?? 0)), 0)));
    if (token === 2) break;
    tokens.push(token);
  }
  await decoder.release();
  return { tokens, logProbs };
}
