/** Whisper base against openai-whisper, where the development data are. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../src/onnx/graph-builder.ts';
import { float32, floats } from '../../src/onnx/tensors.ts';
import { readCheckpoint } from '../../src/whisper/checkpoint/checkpoint.ts';
import { openWeights } from '../../src/whisper/checkpoint/weights.ts';
import { chooseFormats } from '../../src/whisper/choose-formats.ts';
import { encodeMel } from '../../src/whisper/graphs/encoder.ts';
import { hiddenStates } from '../../src/whisper/hidden.ts';
import { type Hidden, openWhisper, type WhisperModel } from '../../src/whisper/whisper-model.ts';
import { temporaryFolder } from '../media.ts';
import { expectDecodings, expectLanguages, expectLogits } from './against-golden.ts';
import { openBytes } from './built-graph.ts';
import { base, clipSamples, type GoldenClip, goldenFile, largeGoldenFile, largestDifference, readFloats, readJson } from './golden.ts';

if (base === null) console.warn('BULK_TRANSCRIBE_DEV_DATA is not set: Whisper base is not tested here.');
const golden = await readJson<{ encoderRows: number[]; clips: Record<string, GoldenClip> }>(goldenFile('clips.json'));
const WIDTH = 512;
const VOCABULARY = 51_865;

describe.skipIf(base === null)('Whisper base in float32', () => {
  const hidden = new Map<string, Hidden>();
  let model: WhisperModel;
  let cache: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeAll(async () => {
    cache = await temporaryFolder();
    model = await openWhisper({ folder: base ?? '', cacheFolder: cache.path('graphs'), threads: 1, device: 'cpu', precision: 'exact' });
    for (const [name, clip] of Object.entries(golden.clips))
      hidden.set(name, await model.encode([(await clipSamples(name, clip)) ?? new Float32Array()]));
  });
  afterAll(async () => {
    await model.release();
    await cache[Symbol.asyncDispose]();
  });
  const hiddenOf = (name: string): Hidden => {
    const found = hidden.get(name);
    if (!found) throw new Error(`${name} was not encoded.`);
    return found;
  };

  it.each(Object.entries(golden.clips))('answers %s as openai-whisper does', async (name, clip) => {
    const rows = await readFloats(largeGoldenFile(`${name}.encoder-rows.f32`)).catch(() => null);
    const own = golden.encoderRows.flatMap((row) => [...hiddenOf(name).data.subarray(row * WIDTH, (row + 1) * WIDTH)]);
    if (rows) expect(largestDifference(own, rows)).toBeLessThan(2e-3);
    await expectLogits(model, hiddenOf(name), clip);
    await expectLanguages(model, hiddenOf(name), clip);
    expect(await expectDecodings(model, hiddenOf(name), clip)).toBeGreaterThanOrEqual(3);
  });

  it('gives every raw logit of jfk', async () => {
    const expected = await readFloats(largeGoldenFile('jfk.logits.f32'));
    const prompt = golden.clips['jfk']?.logits.prompt ?? [];
    const [row] = await model.force(hiddenOf('jfk'), { sequences: [prompt], logits: true });
    const logits = row?.logits ?? new Float32Array();
    expect(largestDifference(logits.subarray(0, VOCABULARY), expected.subarray(0, VOCABULARY))).toBeLessThan(1e-3);
    expect(largestDifference(logits.subarray((prompt.length - 1) * VOCABULARY), expected.subarray(VOCABULARY))).toBeLessThan(1e-3);
  });

  it('gives the raw scores of jfk’s alignment heads, and its text, in the window of whisper.transcribe', async () => {
    const { jfk } = await readJson<{ jfk: { tokens: number[]; heads: [number, number][] } }>(largeGoldenFile('words.json'));
    const window = await transcribeWindow(await readFloats(largeGoldenFile('jfk.mel.f32')), 1100);
    const [row] = await model.force(window, { sequences: [jfk.tokens], alignment: true });
    const { scores, frames } = row?.alignment ?? { scores: [], frames: 0 };
    const heads = model.facts.alignmentHeads;
    expect(heads).toEqual(jfk.heads);
    const expected = await readFloats(largeGoldenFile('jfk.cross-qk.f32')); // [heads, tokens, 550]
    const own = heads.flatMap((_, head) =>
      jfk.tokens.flatMap((__, token) =>
        Array.from({ length: 550 }, (___, frame) => scores[(token * heads.length + head) * frames + frame] ?? Number.NaN),
      ),
    );
    expect(largestDifference(own, expected)).toBeLessThan(2e-3);
    expect(await expectDecodings(model, window, golden.clips['jfk']?.['transcribeWindow'] as GoldenClip)).toBe(2);
  });
});

/** The other window (golden/ORIGIN.md), which the product does not use: the spectrogram of the content, then 0. */
async function transcribeWindow(mel: Float32Array, contentFrames: number): Promise<Hidden> {
  const { dimensions, facts } = readCheckpoint(base ?? '');
  const { formats } = chooseFormats({ device: 'cpu', precision: 'exact', integers: 'none' });
  using weights = openWeights(base ?? '', dimensions);
  const session = await openBytes((file) => {
    const g = new GraphBuilder('mel', file);
    const block = { g, weights, formats, dimensions, tokens: facts.tokens, alignmentHeads: [] };
    g.output('hidden', encodeMel(block, g.input('mel', 'float32', ['B', 80, 'frames'])), { type: 'float32', dims: ['B', 's', WIDTH] });
    return g.model();
  });
  const content = mel.map((value, at) => (at % 3000 < contentFrames ? value : 0));
  return hiddenStates(floats(await session.run({ mel: float32(content, [1, 80, 3000]) }), 'hidden'), WIDTH);
}
