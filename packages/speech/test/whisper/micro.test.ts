import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Hidden, openWhisper, type WhisperModel } from '../../src/whisper/whisper-model.ts';
import { temporaryFolder } from '../media.ts';
import { expectDecodings, expectLanguages, expectLogits } from './against-golden.ts';
import { clipSamples, decodingsOf, type GoldenClip, goldenFile, largestDifference, micro, readFloats, readJson, requestOf } from './golden.ts';

const golden = await readJson<{ encoderRows: number[]; clips: Record<string, GoldenClip> }>(goldenFile('micro/golden.json'));
const WIDTH = 64;

interface Clip {
  readonly name: string;
  readonly golden: GoldenClip;
  readonly samples: Float32Array;
}

const clips: Clip[] = [];
for (const [name, clip] of Object.entries(golden.clips)) {
  const samples = await clipSamples(name, clip);
  if (samples) clips.push({ name, golden: clip, samples });
  else console.warn(`BULK_TRANSCRIBE_DEV_DATA is not set: ${name} is not tested here.`);
}
const cache = await temporaryFolder();
const open = (precision: 'exact' | 'default' | 'fp16' | 'small') =>
  openWhisper({ folder: micro, cacheFolder: cache.path('graphs'), threads: 1, device: 'cpu', precision });

let exact: WhisperModel;
let hidden: Hidden;
beforeAll(async () => {
  exact = await open('exact');
  hidden = await exact.encode(clips.map(({ samples }) => samples));
});
afterAll(async () => {
  await exact.release();
  await cache[Symbol.asyncDispose]();
});

const greedyOf = ({ golden: clip }: Clip) => decodingsOf(clip).find(([name]) => name === 'greedy')?.[1] ?? { initialTokens: [], tokens: [] };

describe('the micro checkpoint in float32', () => {
  it.each(clips.map((clip, index) => [clip.name, clip, index] as const))('answers %s as openai-whisper does', async (_, clip, index) => {
    const window = hidden.select([index]);
    const { mean, std, absMax } = clip.golden.encoder;
    const average = window.data.reduce((sum, value) => sum + value, 0) / window.data.length;
    const square = window.data.reduce((sum, value) => sum + (value - average) ** 2, 0) / window.data.length;
    expect(Math.abs(average - mean)).toBeLessThan(1e-5);
    expect(Math.abs(Math.sqrt(square) - std)).toBeLessThan(1e-4);
    expect(Math.abs(window.data.reduce((a, value) => Math.max(a, Math.abs(value)), 0) - absMax)).toBeLessThan(2e-3);
    await expectLogits(exact, window, clip.golden);
    await expectLanguages(exact, window, clip.golden);
    expect(await expectDecodings(exact, window, clip.golden)).toBe(5);
  });

  it('encodes jfk to the golden rows', async () => {
    const rows = await readFloats(goldenFile('micro/jfk.encoder-rows.f32'));
    const jfk = hidden.select([clips.findIndex(({ name }) => name === 'jfk')]);
    const own = golden.encoderRows.flatMap((row) => [...jfk.data.subarray(row * WIDTH, (row + 1) * WIDTH)]);
    expect(largestDifference(own, rows)).toBeLessThan(2e-3);
  });

  it('says of a window in a batch of others what it says of it alone, with prompts of other lengths beside it', async () => {
    const order = [0, 1, 2, 3, 0, 1, 2, 3].map((index) => index % clips.length);
    const decodings = order.map(
      (index, row) => decodingsOf((clips[index] as Clip).golden).filter(([name]) => name === (row % 2 ? 'prompted' : 'greedy'))[0]?.[1],
    );
    const prompts = decodings.map((decoding) => decoding?.initialTokens ?? []);
    for (const beams of [1, 3]) {
      const together = await exact.decode(hidden.select(order), { prompts, timestamps: true, temperature: 0, beams });
      for (const [row, index] of order.entries()) {
        const [alone] = await exact.decode(hidden.select([index]), { prompts: [prompts[row] ?? []], timestamps: true, temperature: 0, beams });
        expect(together[row]?.tokens).toEqual(alone?.tokens);
        expect(together[row]?.avgLogProb).toBeCloseTo(alone?.avgLogProb ?? Number.NaN, 5);
        expect(together[row]?.noSpeechProb).toBeCloseTo(alone?.noSpeechProb ?? Number.NaN, 5);
      }
    }
  });

  it('keeps each window within its own limit, whatever its neighbours may write', async () => {
    const [plain] = clips.map(greedyOf);
    const { startOfPrev } = exact.facts.tokens;
    const filler = Array.from({ length: 440 }, (_, index) => 300 + (index % 100));
    const long = [startOfPrev, ...filler, ...(plain?.initialTokens ?? [])];
    const request = { timestamps: true, temperature: 0 };
    const [alone] = await exact.decode(hidden.select([0]), { ...request, prompts: [long] });
    const both = await exact.decode(hidden.select([0, 0]), { ...request, prompts: [plain?.initialTokens ?? [], long] });
    expect(both[0]?.tokens).toEqual(plain?.tokens);
    expect(both[1]?.tokens).toEqual(alone?.tokens);
    expect(alone?.logProbs.length).toBeLessThanOrEqual(exact.facts.contextTokens + 1 - long.length);
    const [short] = await exact.decode(hidden.select([0]), { ...request, prompts: [plain?.initialTokens ?? []], maxTokens: 7 });
    expect(short?.tokens).toEqual(plain?.tokens.slice(0, 7));
    expect(short?.logProbs).toHaveLength(7);
  });

  it('refuses what cannot be decoded', async () => {
    const request = { timestamps: true, temperature: 0 };
    const one = hidden.select([0]);
    await expect(exact.force(one, { sequences: [[1025], [1025]] })).rejects.toThrow('2 sequences for 1 windows');
    await expect(exact.force(one, { sequences: [[]] })).rejects.toThrow('1 to 448 tokens');
    await expect(exact.decode(one, { ...request, prompts: [] })).rejects.toThrow('0 prompts for 1 windows');
    await expect(exact.decode(one, { ...request, prompts: [[300]] })).rejects.toThrow('starts a transcript');
    await expect(exact.decode(one, { ...request, prompts: [Array.from({ length: 449 }, () => exact.facts.tokens.sot)] })).rejects.toThrow(
      'exceeds the context',
    );
    expect(() => hidden.select([clips.length])).toThrow('no window');
    await expect(exact.encode([new Float32Array(480_001)])).rejects.toThrow('at most 480000 samples');
  });
});

describe('alignment scores', () => {
  it('are the same from the search as from a pass over its tokens, greedy and with beams', async () => {
    const order = [0, 1];
    const prompts = order.map((index) => greedyOf(clips[index] as Clip).initialTokens);
    for (const beams of [1, 5]) {
      const rows = await exact.decode(hidden.select(order), { prompts, timestamps: true, temperature: 0, beams, alignment: true });
      const sequences = rows.map(({ tokens }, row) => [...(prompts[row] ?? []), ...tokens]);
      const forced = await exact.force(hidden.select(order), { sequences, alignment: true });
      for (const [index, row] of rows.entries()) {
        const from = ((prompts[index]?.length ?? 0) - 1) * 1500;
        expect(row.alignment).toMatchObject({ heads: 1, frames: 1500 });
        expect(row.alignment?.scores).toHaveLength(row.logProbs.length * 1500);
        const expected = forced[index]?.alignment?.scores.subarray(from) ?? [];
        expect(largestDifference(row.alignment?.scores ?? [], expected)).toBeLessThan(1e-4);
      }
    }
  });
});

describe('sampling', () => {
  const request = (seed: number | readonly number[], rows: number) => ({
    prompts: Array.from({ length: rows }, () => greedyOf(clips[0] as Clip).initialTokens),
    timestamps: true,
    temperature: 1.5,
    seed,
  });

  it('repeats a text with its seed, in any batch, and writes another with another seed', async () => {
    const rows = await exact.decode(hidden.select([0, 0, 0]), request([5, 6, 5], 3));
    expect(rows[2]?.tokens).toEqual(rows[0]?.tokens);
    expect(rows[1]?.tokens).not.toEqual(rows[0]?.tokens);
    const [alone] = await exact.decode(hidden.select([0]), request(6, 1));
    expect(alone?.tokens).toEqual(rows[1]?.tokens);
  });

  it('leaves beams aside', async () => {
    const [plain] = await exact.decode(hidden.select([0]), request(6, 1));
    const [beams] = await exact.decode(hidden.select([0]), { ...request(6, 1), beams: 5 });
    expect(beams?.tokens).toEqual(plain?.tokens);
  });

  it('never writes a token that may not come', async () => {
    const forbidden = new Set([...exact.facts.suppress, exact.facts.tokens.noTimestamps]);
    const rows = await exact.decode(hidden.select(Array.from({ length: 8 }, () => 0)), { ...request([1, 2, 3, 4, 5, 6, 7, 8], 8), temperature: 3 });
    const tokens = rows.flatMap((row) => row.tokens);
    expect(tokens.length).toBeGreaterThan(100);
    expect(tokens.filter((token) => forbidden.has(token))).toEqual([]);
    expect(
      rows.every(({ tokens: [first = 0] }) => first >= exact.facts.tokens.timestampBegin && first <= exact.facts.tokens.timestampBegin + 50),
    ).toBe(true);
  });
});

describe.each(['default', 'fp16', 'small'] as const)('the micro checkpoint in the formats of %s', (precision) => {
  let model: WhisperModel;
  let own: Hidden;
  beforeAll(async () => {
    model = await open(precision);
    own = await model.encode(clips.map(({ samples }) => samples));
  });
  afterAll(() => model.release());

  it('writes the same tokens wherever two were not close to each other', async () => {
    expect(model.precision).not.toBe(exact.precision);
    let compared = 0;
    for (const [index, clip] of clips.entries()) {
      for (const [name, decoding] of decodingsOf(clip.golden)) {
        if ((decoding.minTopGap ?? 0) < 0.2) continue;
        const [row] = await model.decode(own.select([index]), requestOf(decoding));
        expect(row?.tokens, `${clip.name}, ${name}`).toEqual(decoding.tokens);
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(12);
  });

  it('says of a window in a batch of eight what it says of it alone', async () => {
    const order = [0, 1, 2, 3, 3, 2, 1, 0].map((index) => index % clips.length);
    const request = { timestamps: true, temperature: 0 };
    const prompts = order.map((index) => greedyOf(clips[index] as Clip).initialTokens);
    const together = await model.decode(own.select(order), { ...request, prompts });
    for (const [row, index] of order.entries()) {
      const [alone] = await model.decode(own.select([index]), { ...request, prompts: [prompts[row] ?? []] });
      expect(together[row]?.tokens).toEqual(alone?.tokens);
      // float16 rounds sums of another order to another last bit.
      expect(Math.abs((together[row]?.avgLogProb ?? Number.NaN) - (alone?.avgLogProb ?? Number.NaN))).toBeLessThan(
        precision === 'fp16' ? 1e-3 : 1e-5,
      );
    }
  });
});
