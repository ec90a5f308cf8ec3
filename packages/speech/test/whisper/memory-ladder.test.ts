import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseBatch } from '../../src/whisper/choose-batch.ts';
import { chooseFormats } from '../../src/whisper/choose-formats.ts';
import { openOnLadder, type Rung, rungsFrom } from '../../src/whisper/memory-ladder.ts';
import { warmUp } from '../../src/whisper/warm-up.ts';
import { openWhisper, type WhisperModel } from '../../src/whisper/whisper-model.ts';
import { temporaryFolder } from '../media.ts';
import { micro } from './golden.ts';

const noMemory = () => new Error('Non-zero status code: Failed to allocate memory for requested buffer of size 4294967296');
const windows = Array.from({ length: 5 }, (_, window) => Float32Array.from({ length: 16_000 }, (__, at) => Math.sin(at / (9 + window))));

let models: Record<Rung['precision'], WhisperModel>;
const cache = await temporaryFolder();
beforeAll(async () => {
  const open = (precision: Rung['precision']) =>
    openWhisper({ folder: micro, cacheFolder: cache.path('graphs'), threads: 1, device: 'cpu', precision });
  models = { default: await open('default'), small: await open('small') };
});
afterAll(async () => {
  await Promise.all(Object.values(models).map((model) => model.release()));
  await cache[Symbol.asyncDispose]();
});

const request = () => {
  const { sot, transcribe: task } = models.default.facts.tokens;
  const transcribe = task ?? sot;
  return {
    prompts: windows.map((_, row) => [sot, sot + 1 + row, transcribe]),
    timestamps: true,
    temperature: 1,
    seed: [1, 2, 3, 4, 5],
    maxTokens: 12,
  };
};

/** The real models, in a memory in which `fits` decides how many windows have room. */
const openIn = (opened: Rung[], fits: (rung: Rung) => number) => async (rung: Rung) => {
  opened.push(rung);
  if (fits(rung) === 0) throw noMemory();
  const real = models[rung.precision];
  const limited = (rows: number) => {
    if (rows > fits(rung)) throw noMemory();
  };
  return {
    ...real,
    device: rung.device,
    batchSize: 8,
    decode: async (hidden, asked) => {
      limited(hidden.windows);
      return real.decode(hidden, asked);
    },
    force: async (hidden, asked) => {
      limited(hidden.windows);
      return real.force(hidden, asked);
    },
    release: async () => {},
  } satisfies WhisperModel;
};

const steps = (model: WhisperModel) => (model.fallbacks ?? []).map(({ what, from, to }) => `${what}: ${from} → ${to}`);

it('a window has the same text and the same scores, however many are decoded together', async () => {
  const hidden = await models.default.encode(windows);
  const heard = [1, 3, 8].map(async (batchSize) => {
    const ladder = await openOnLadder(rungsFrom('cpu', false), async () => ({ ...models.default, batchSize, release: async () => {} }));
    return (await ladder.decode(hidden, request())).map(({ tokens, avgLogProb }) => ({ tokens, score: avgLogProb.toFixed(3) }));
  });
  const [alone, inThrees, together] = await Promise.all(heard);
  expect(new Set(together?.map(({ tokens }) => tokens.join())).size).toBeGreaterThan(1);
  expect(inThrees).toEqual(together);
  expect(alone).toEqual(together);
});

describe('where memory runs out', () => {
  it('half as many windows are decoded at once, with the same texts', async () => {
    const opened: Rung[] = [];
    const ladder = await openOnLadder(
      rungsFrom('cpu', false),
      openIn(opened, () => 2),
    );
    const hidden = await ladder.encode(windows);
    const rows = await ladder.decode(hidden, request());
    expect(rows.map(({ tokens }) => tokens)).toEqual((await models.default.decode(hidden, request())).map(({ tokens }) => tokens));
    expect(steps(ladder)).toEqual(['batch: 5 windows → 2 windows']);
    expect(ladder.batchSize).toBe(2);
    expect(ladder.fallbacks?.[0]?.reason).toContain('Failed to allocate memory');
    const { sot } = ladder.facts.tokens;
    expect(await ladder.force(hidden, { sequences: windows.map(() => [sot, sot + 1]), logits: true })).toHaveLength(5);
    expect(steps(ladder)).toHaveLength(1);
    expect(opened).toHaveLength(1);
  });

  it('it goes on with smaller weights, then on the CPU, and tells each step', async () => {
    const opened: Rung[] = [];
    const fits = ({ device, precision }: Rung) => (device === 'cpu' ? 8 : precision === 'default' ? 0 : 0.5);
    const ladder = await openOnLadder(rungsFrom('cuda', true), openIn(opened, fits));
    expect(steps(ladder)).toEqual(['precision: weights as usual on the GPU → 8-bit weights on the GPU']);
    expect([ladder.device, ladder.precision]).toEqual(['cuda', models.small.precision]);
    const rows = await ladder.decode(await ladder.encode(windows), request());
    expect(rows).toHaveLength(5);
    expect(steps(ladder).slice(1)).toEqual([
      'batch: 5 windows → 2 windows',
      'batch: 2 windows → 1 windows',
      'device: 8-bit weights on the GPU → weights as usual on the CPU',
    ]);
    expect([ladder.device, ladder.precision, ladder.batchSize]).toEqual(['cpu', models.default.precision, 8]);
    expect(opened.map(({ device, precision }) => `${device} ${precision}`)).toEqual(['cuda default', 'cuda small', 'cpu default']);
  });

  it('on every rung, there is an error that says so; any other failure stays what it is', async () => {
    await expect(
      openOnLadder(
        rungsFrom('cpu', false),
        openIn([], () => 0),
      ),
    ).rejects.toMatchObject({
      code: 'engine_unavailable',
      message: expect.stringContaining('not enough memory'),
    });
    const failing = async () => Promise.reject(new Error('The file is damaged.'));
    await expect(openOnLadder(rungsFrom('cuda', false), failing)).rejects.toThrow('The file is damaged.');
  });

  it('a first run in full size shows it before the first recording', async () => {
    const ladder = await openOnLadder(
      rungsFrom('cpu', true),
      openIn([], () => 3),
    );
    await warmUp(ladder);
    expect(steps(ladder)).toEqual(['batch: 8 windows → 4 windows', 'batch: 4 windows → 2 windows']);
  });
});

describe('the batch', () => {
  const GB = 1e9;
  const turbo = {
    dimensions: {
      ...{ width: 1280, mels: 128, vocabulary: 51_866, contextTokens: 448 },
      encoder: { layers: 32, heads: 20, inner: 5120 },
      decoder: { layers: 4, heads: 20, inner: 5120 },
    },
    weightBytes: 1.62 * GB,
  };
  const onGpu = (freeBytes: number | null) =>
    chooseBatch({ ...turbo, device: 'cuda', freeBytes, formats: chooseFormats({ device: 'cuda', precision: 'default', integers: 'none' }).formats });
  const onCpu = (freeBytes: number | null, precision: 'default' | 'exact' = 'default') =>
    chooseBatch({ ...turbo, device: 'cpu', freeBytes, formats: chooseFormats({ device: 'cpu', precision, integers: 'none' }).formats });

  it('is large on a GPU with room, smaller in a small one, never less than one', () => {
    expect(onGpu(24 * GB)).toBe(32);
    expect(onGpu(null)).toBe(32);
    expect(onGpu(6 * GB)).toBeGreaterThan(1);
    expect(onGpu(6 * GB)).toBeLessThan(16);
    expect(onGpu(GB)).toBe(1);
  });

  it('on the CPU is what the expected memory of a model counts on, and smaller where that is not there', () => {
    expect(onCpu(64 * GB)).toBe(8);
    expect(onCpu(null)).toBe(8);
    expect(onCpu(4 * GB)).toBeLessThan(8);
    // Keys and values in float32.
    expect(onCpu(64 * GB, 'exact')).toBe(6);
    expect(onCpu(GB)).toBe(1);
  });
});
