/** How fast the encoder multiplies, beside one large multiplication by the same runtime. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { GraphBuilder } from '../packages/speech/src/onnx/graph-builder.ts';
import { openSession } from '../packages/speech/src/onnx/open-session.ts';
import { float32 } from '../packages/speech/src/onnx/tensors.ts';
import { WeightFile } from '../packages/speech/src/onnx/weight-file.ts';
import { readCheckpoint } from '../packages/speech/src/whisper/checkpoint/checkpoint.ts';
import { AUDIO_POSITIONS, type Dimensions } from '../packages/speech/src/whisper/checkpoint/dimensions.ts';
import { openWhisper } from '../packages/speech/src/whisper/whisper-model.ts';

export interface EncoderRate {
  readonly precision: string;
  /** For one window, the best of some runs. */
  readonly cpuSec: number;
  /** Multiplications and additions of a window. */
  readonly flops: number;
  readonly gemmFlopsPerCpuSec: number;
}

const cacheFolder = fileURLToPath(new URL('results/graphs', import.meta.url));
const ROUNDS = 5;
const SIDE = 2048;

/** In the default and in float32, turn by turn with the large multiplication. */
export async function measureEncoder(folder: string, threads: number): Promise<EncoderRate[]> {
  const rates: EncoderRate[] = [];
  const flops = flopsOf(readCheckpoint(folder).dimensions);
  for (const precision of ['default', 'exact'] as const) {
    const multiply = await openMultiplication(threads);
    const model = await openWhisper({ folder, cacheFolder, threads, device: 'cpu', precision });
    const window = [new Float32Array(AUDIO_POSITIONS * 320)];
    let [encoder, gemm] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (let round = 0; round < ROUNDS; round += 1) {
      encoder = Math.min(encoder, await cpuSecOf(() => model.encode(window)));
      gemm = Math.min(gemm, await cpuSecOf(multiply));
    }
    rates.push({ precision: model.precision, cpuSec: encoder, flops, gemmFlopsPerCpuSec: (2 * SIDE ** 3) / gemm });
    await model.release();
  }
  return rates;
}

async function cpuSecOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

async function openMultiplication(threads: number): Promise<() => Promise<unknown>> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bulk-transcribe-gemm-'));
  try {
    const session = await openSession(multiplication(path.join(folder, 'weights')), { device: 'cpu', threads });
    const matrix = () => float32(new Float32Array(SIDE * SIDE).fill(1), [SIDE, SIDE]);
    const [a, b] = [matrix(), matrix()];
    return () => session.run({ a, b });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Its result is summed up at once, so that nothing large is copied out. */
function multiplication(weights: string): Uint8Array {
  using file = new WeightFile(weights);
  const g = new GraphBuilder('gemm', file);
  const product = g.op('MatMul', [g.input('a', 'float32', [SIDE, SIDE]), g.input('b', 'float32', [SIDE, SIDE])]);
  g.output('sum', g.op('ReduceSum', [product, g.ints(0, 1)], { keepdims: 0 }), { type: 'float32', dims: [] });
  return g.model();
}

/** Of the spectrogram [402, 400], the two convolutions over 3 frames, and the layers: linear ones, scores and what they weigh. */
function flopsOf({ width, mels, encoder }: Dimensions): number {
  const [positions, frames] = [AUDIO_POSITIONS, 2 * AUDIO_POSITIONS];
  const spectrogram = frames * 402 * 400 + frames * mels * 201;
  const stem = frames * 3 * mels * width + positions * 3 * width * width;
  const layer = positions * 12 * width * width + 2 * positions * positions * width;
  return 2 * (spectrogram + stem + encoder.layers * layer);
}
