/** Sound → hidden states. */
import type { InferenceSession } from 'onnxruntime-node';
import { float32, floats } from '../onnx/tensors.ts';
import { AUDIO_POSITIONS } from './checkpoint/dimensions.ts';
import { hiddenStates } from './hidden.ts';
import type { Hidden } from './requests.ts';

/** Samples of an encoder position: 20 ms of 16 kHz. */
const POSITION_SAMPLES = 320;
const WINDOW_SAMPLES = AUDIO_POSITIONS * POSITION_SAMPLES;

/** One window per run: the matrices of one fill the cores, and memory stays flat. */
export async function encodeWindows(session: InferenceSession, windows: readonly Float32Array[], width: number): Promise<Hidden> {
  const length = AUDIO_POSITIONS * width;
  const data = new Float32Array(windows.length * length);
  for (const [index, samples] of windows.entries()) {
    if (samples.length > WINDOW_SAMPLES) throw new RangeError(`A window has at most ${WINDOW_SAMPLES} samples, not ${samples.length}.`);
    const audio = new Float32Array(WINDOW_SAMPLES);
    audio.set(samples);
    const outputs = await session.run({ audio: float32(audio, [1, WINDOW_SAMPLES]) }, ['hidden']);
    data.set(floats(outputs, 'hidden'), index * length);
  }
  return hiddenStates(data, width);
}
