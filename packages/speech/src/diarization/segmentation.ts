/** Who of up to three local speakers talks, in windows of 10 s. Model: pyannote segmentation-3.0 (packages/speech/models/ORIGIN.md). */
import type { Graph } from '../onnx/open-session.ts';
import { Tensor } from '../onnx/runtime.ts';
import { FRAMES } from './frames.ts';
import { FILTERS } from './segmentation-graphs.ts';
import { COLUMNS } from './window-filters.ts';

/** The model's classes: nobody, one of three, two of three; bit k stands for local speaker k. */
const CLASSES = [0b000, 0b001, 0b010, 0b100, 0b011, 0b101, 0b110] as const;

/** `loudest` [windows, 80, 5325], the sound as the model's first layer gives it (window-filters.ts) → log-probability of each class, [windows, 589, 7]. */
export async function classifyFrames(session: Graph, loudest: Float32Array): Promise<Float32Array> {
  const windows = loudest.length / (FILTERS * COLUMNS);
  const { log_probs } = await session.run({ loudest: new Tensor('float32', loudest, [windows, FILTERS, COLUMNS]) });
  if (!log_probs || log_probs.dims[1] !== FRAMES || log_probs.dims[2] !== CLASSES.length) {
    throw new Error('The segmentation model has unexpected outputs.');
  }
  return log_probs.data as Float32Array;
}

/** The most probable class of each frame, as the local speakers that talk: [frames, 7] → [frames] of bits. */
export function activeSpeakers(logProbs: Float32Array): Uint8Array {
  const active = new Uint8Array(logProbs.length / CLASSES.length);
  for (let frame = 0; frame < active.length; frame += 1) {
    const at = frame * CLASSES.length;
    let best = 0;
    for (let index = 1; index < CLASSES.length; index += 1) {
      if ((logProbs[at + index] as number) > (logProbs[at + best] as number)) best = index;
    }
    active[frame] = CLASSES[best] as number;
  }
  return active;
}
