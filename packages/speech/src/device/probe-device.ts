/** A small calculation that shows whether a provider really computes here: a library that loads may still not run. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AppError } from '@bulk-transcribe/protocol';
import { elementTypes } from '../onnx/element-types.ts';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import { openSession } from '../onnx/open-session.ts';
import type { InferenceSession } from '../onnx/runtime.ts';
import { Tensor } from '../onnx/runtime.ts';
import { endProfile } from '../onnx/session-profile.ts';
import { WeightFile } from '../onnx/weight-file.ts';

const SIZE = 16;
const providers = { cpu: 'CPUExecutionProvider', cuda: 'CUDAExecutionProvider' } as const;

/** Rejects with engine_unavailable, and what is missing, where the device does not compute. */
export async function probeDevice(device: 'cpu' | 'cuda'): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bulk-transcribe-probe-'));
  try {
    const profile = path.join(folder, 'profile');
    const session = await openSession(probeGraph(path.join(folder, 'weights')), { device, threads: 1, profile });
    try {
      await calculate(session, device);
      const { byProvider } = await endProfile(session, profile);
      if (!byProvider[providers[device]]) throw new AppError('engine_unavailable', `Nothing ran on the ${nameOf(device)}.`);
    } finally {
      await session.release();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** x [1, 16, 16] → convolution with ones, then times ones, in float16: what cuDNN and cuBLAS do in our graphs. */
function probeGraph(weights: string): Uint8Array {
  using file = new WeightFile(weights);
  const g = new GraphBuilder('probe', file);
  const ones = (...dims: number[]) => g.constant('float16', dims, new Array(dims.reduce((a, b) => a * b)).fill(1));
  const x = g.op('Cast', [g.input('x', 'float32', [1, SIZE, SIZE])], { to: elementTypes.float16 });
  const mixed = g.op('Conv', [x, ones(SIZE, SIZE, 1)], { kernel_shape: [1] });
  const product = g.op('MatMul', [mixed, ones(SIZE, 1)]);
  g.output('y', g.op('Cast', [product], { to: elementTypes.float32 }), { type: 'float32', dims: [1, SIZE, 1] });
  return g.model();
}

async function calculate(session: InferenceSession, device: 'cpu' | 'cuda'): Promise<void> {
  const { y } = await session.run({ x: new Tensor('float32', new Float32Array(SIZE * SIZE).fill(1), [1, SIZE, SIZE]) });
  const values = y instanceof Tensor && y.data instanceof Float32Array ? [...y.data] : [];
  if (values.length !== SIZE || values.some((value) => value !== SIZE * SIZE))
    throw new AppError('engine_unavailable', `The ${nameOf(device)} calculates wrongly.`);
}

const nameOf = (device: 'cpu' | 'cuda'): string => (device === 'cuda' ? 'GPU' : 'CPU');
