/** A checkpoint of sizes that no golden vector covers, with random weights: the searches against slow twins that ask for one token at a time. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectedShapes } from '../../src/whisper/checkpoint/expected-shapes.ts';
import { type DecodeRequest, type Hidden, openWhisper, type WhisperModel } from '../../src/whisper/whisper-model.ts';
import { random } from '../media.ts';
import { checkpointCopy, type RawTensor, safetensors } from './checkpoint-copy.ts';

const VOCABULARY = 2537;
const dimensions = {
  width: 96,
  mels: 128,
  vocabulary: VOCABULARY,
  contextTokens: 64,
  encoder: { layers: 1, heads: 3, inner: 160 },
  decoder: { layers: 3, heads: 2, inner: 224 },
};

/** English only, 128 bands, other heads and layers in encoder and decoder, float32. */
async function strangeCheckpoint() {
  const copy = await checkpointCopy({
    'config.json': {
      d_model: 96,
      num_mel_bins: 128,
      max_target_positions: 64,
      encoder_layers: 1,
      encoder_attention_heads: 3,
      encoder_ffn_dim: 160,
      decoder_layers: 3,
      decoder_attention_heads: 2,
      decoder_ffn_dim: 224,
    },
    'generation_config.json': {
      is_multilingual: false,
      alignment_heads: [
        [2, 1],
        [0, 1],
        [2, 0],
      ],
    },
  });
  const noise = random(9);
  const tensors = new Map<string, RawTensor>();
  for (const [name, shape] of expectedShapes(dimensions)) {
    const count = shape.reduce((product, size) => product * size, 1);
    const spread = name.includes('norm') ? 1 : name.includes('embed_tokens') ? 0.3 : 8 / Math.sqrt(shape.at(-1) ?? 1);
    const values = Float32Array.from({ length: count }, () => (noise() - 0.5) * spread + (name.endsWith('norm.weight') ? 1 : 0));
    tensors.set(name, { dtype: 'F32', shape, bytes: new Uint8Array(values.buffer) });
  }
  await writeFile(path.join(copy.folder, 'model.safetensors'), safetensors(tensors));
  return copy;
}

let copy: Awaited<ReturnType<typeof strangeCheckpoint>>;
let model: WhisperModel;
let hidden: Hidden;
beforeAll(async () => {
  copy = await strangeCheckpoint();
  model = await openWhisper({ folder: copy.folder, cacheFolder: path.join(copy.folder, 'graphs'), threads: 1, device: 'cpu', precision: 'exact' });
  const noise = random(10);
  hidden = await model.encode([Float32Array.from({ length: 30_000 }, () => noise() - 0.5)]);
});
afterAll(async () => {
  await model.release();
  await copy[Symbol.asyncDispose]();
});

const prompt = [1025, 1035];
const request: DecodeRequest = { prompts: [prompt], timestamps: false, temperature: 0, maxTokens: 12 };

/** Few enough for texts to end, and for beams to be close to each other. */
const few = [300, 301, 302, 303, 304, 305, 306, 307, 308, 1024];
const allOthers = Array.from({ length: VOCABULARY }, (_, id) => id).filter((id) => !few.includes(id));

/** Log-probabilities of what follows, -Infinity where it may not. */
async function nextLogProbs(tokens: readonly number[], suppress: readonly number[]): Promise<Float64Array> {
  const [row] = await model.force(hidden, { sequences: [[...prompt, ...tokens]], logits: true });
  const logits = Float64Array.from(row?.logits?.subarray((prompt.length + tokens.length - 1) * VOCABULARY) ?? []);
  for (const id of [...suppress, ...(tokens.length === 0 ? model.facts.suppressFirst : [])]) logits[id] = Number.NEGATIVE_INFINITY;
  const largest = logits.reduce((a, b) => Math.max(a, b));
  const total = largest + Math.log(logits.reduce((sum, value) => sum + Math.exp(value - largest), 0));
  return logits.map((value) => value - total);
}

interface Text {
  readonly tokens: number[];
  readonly sum: number;
}

type BeamOptions = Pick<DecodeRequest, 'patience' | 'lengthPenalty'>;

/** As whisper/decoding.py describes it, without a trick. */
async function slowBeams(beams: number, { patience = 1, lengthPenalty }: BeamOptions): Promise<Text> {
  const wanted = Math.round(beams * patience);
  const finished: Text[] = [];
  let live: Text[] = [{ tokens: [], sum: 0 }];
  for (let step = 0; step < (request.maxTokens ?? 0) && finished.length < wanted; step += 1) {
    const candidates = (await Promise.all(live.map(continuations))).flat().sort((a, b) => b.sum - a.sum);
    const alive = candidates.filter(({ tokens }) => tokens.at(-1) !== model.facts.tokens.eot).slice(0, beams);
    const worst = alive.at(-1)?.sum ?? Number.NEGATIVE_INFINITY;
    const ended = candidates.filter((text) => !alive.includes(text) && text.tokens.at(-1) === model.facts.tokens.eot && text.sum > worst);
    finished.push(...ended.map(({ tokens, sum }) => ({ tokens: tokens.slice(0, -1), sum })).slice(0, wanted - finished.length));
    live = alive;
  }
  finished.push(...live.slice(0, Math.max(0, beams - finished.length)));
  const score = ({ tokens, sum }: Text) => sum / (lengthPenalty == null ? Math.max(1, tokens.length) : ((5 + tokens.length) / 6) ** lengthPenalty);
  return finished.reduce((best, text) => (score(text) > score(best) ? text : best));
}

async function continuations({ tokens, sum }: Text): Promise<Text[]> {
  const logProbs = await nextLogProbs(tokens, allOthers);
  return few.map((id) => ({ tokens: [...tokens, id], sum: sum + (logProbs[id] ?? Number.NaN) }));
}

describe('a checkpoint of other sizes', () => {
  it('is what its files say', async () => {
    expect(model.facts).toMatchObject({ multilingual: false, mels: 128, contextTokens: 64 });
    expect(model.facts.alignmentHeads).toEqual([
      [0, 1],
      [2, 0],
      [2, 1],
    ]);
    expect(JSON.parse(await readFile(path.join(copy.folder, 'config.json'), 'utf8')).d_model).toBe(96);
    expect(hidden.data).toHaveLength(1500 * 96);
  });

  it('writes the most probable token each time', async () => {
    const [row] = await model.decode(hidden, request);
    const tokens: number[] = [];
    for (const value of row?.logProbs ?? []) {
      const logProbs = await nextLogProbs(tokens, model.facts.suppress);
      const best = logProbs.indexOf(Math.max(...logProbs));
      expect(Math.abs((logProbs[best] ?? Number.NaN) - value)).toBeLessThan(1e-4);
      if (best !== model.facts.tokens.eot) tokens.push(best);
    }
    expect(row?.tokens).toEqual(tokens);
    expect(new Set(tokens).size).toBeGreaterThan(3);
  });

  it.each<[number, BeamOptions]>([
    [2, {}],
    [5, {}],
    [3, { patience: 2 }],
    [3, { lengthPenalty: 0.3 }],
    [3, { lengthPenalty: 1.5 }],
  ])('finds with %i beams and %o what a slow search finds', async (beams, options) => {
    const [row] = await model.decode(hidden, { ...request, ...options, beams, suppress: allOthers });
    const slow = await slowBeams(beams, options);
    expect(row?.tokens).toEqual(slow.tokens);
    expect(Math.abs((row?.sumLogProb ?? Number.NaN) - slow.sum)).toBeLessThan(1e-3);
  });

  it('has something to choose from there: each option leads to another text', async () => {
    const texts = await Promise.all([{}, { patience: 2 }, { lengthPenalty: 1.5 }].map((options) => slowBeams(3, options)));
    expect(new Set(texts.map(({ tokens }) => tokens.length)).size).toBe(3);
  });

  it('stops where its context ends', async () => {
    const { maxTokens, ...unlimited } = request;
    const [row] = await model.decode(hidden, { ...unlimited, suppress: [...model.facts.suppress, model.facts.tokens.eot] });
    // Half of the context.
    expect(row?.tokens).toHaveLength(32);
    const [full] = await model.decode(hidden, { ...unlimited, maxTokens: 100, suppress: [...model.facts.suppress, model.facts.tokens.eot] });
    expect(full?.tokens).toHaveLength(64 + 1 - prompt.length);
    expect(full?.logProbs).toHaveLength(63);
    expect(maxTokens).toBe(12);
  });
});
