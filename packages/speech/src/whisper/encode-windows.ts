/** Sound → hidden states. */
import type { InferenceSession } from '../onnx/runtime.ts';
import { float32 } from '../onnx/tensors.ts';
import { AUDIO_POSITIONS } from './checkpoint/dimensions.ts';
import { hiddenStates } from './hidden.ts';
import type { Hidden } from './requests.ts';

/** Samples of an encoder position: 20 ms of 16 kHz. */
const POSITION_SAMPLES = 320;
const WINDOW_SAMPLES = AUDIO_POSITIONS * POSITION_SAMPLES;

/** So many `atOnce`: on the CPU one, whose matrices fill the cores, and memory stays flat; on a GPU as many as there are. */
export async function encodeWindows(
  session: InferenceSession,
  windows: readonly Float32Array[],
  { width, atOnce }: { readonly width: number; readonly atOnce: number },
): Promise<Hidden> {
  const length = AUDIO_POSITIONS * width;
  const data = new Float32Array(windows.length * length);
  for (let at = 0; at < windows.length; at += atOnce) {
    const part = windows.slice(at, at + atOnce);
    // Written where it belongs: outputs of its own would wait for the garbage collector.
    const hidden = float32(data.subarray(at * length, (at + part.length) * length), [part.length, AUDIO_POSITIONS, width]);
    await session.run({ audio: float32(padded(part), [part.length, WINDOW_SAMPLES]) }, { hidden });
  }
  return hiddenStates(data, width);
}

/** [B, 480 000], zeros behind each window. */
function padded(windows: readonly Float32Array[]): Float32Array {
  const audio = new Float32Array(windows.length * WINDOW_SAMPLES);
  for (const [index, samples] of windows.entries()) {
    if (samples.length > WINDOW_SAMPLES) throw new RangeError(`A window has at most ${WINDOW_SAMPLES} samples, not ${samples.length}.`);
    audio.set(samples, index * WINDOW_SAMPLES);
  }
  return audio;
}
