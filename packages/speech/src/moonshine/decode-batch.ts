/** Windows through encoder and decoder: tokens, how probable they are, and what their heads looked at. */

import { throwIfCancelled } from '../cancel.ts';
import { type InferenceSession, Tensor } from '../onnx/runtime.ts';
import { dimsOf, floats, integers } from '../onnx/tensors.ts';
import { loopStart } from '../recognise/loop-guard.ts';
import type { Scores } from '../word-times/alignment-matrix.ts';
import { tokenLimit, WIDTH } from './constants.ts';
import type { MoonshineSessions } from './sessions.ts';
import { END } from './vocabulary.ts';

export interface Decoded {
  readonly tokens: readonly number[];
  /** Natural-log probability of each token, and of the end token where the model came to it. */
  readonly logProbs: readonly number[];
  readonly avgLogProb: number;
  readonly loopCut: boolean;
  /** One row for each of `logProbs`. */
  readonly scores: Scores;
}

/** What the encoder made of a window: [frames, D]. */
interface Hidden {
  readonly states: Float32Array;
  readonly frames: number;
  readonly limit: number;
}

/** One answer per window, in order; each has at least LEAST_SAMPLES. */
export async function decodeBatch(
  { encoder, decoder }: MoonshineSessions,
  windows: readonly Float32Array[],
  signal: AbortSignal,
): Promise<Decoded[]> {
  const hidden: Hidden[] = [];
  for (const samples of windows) {
    throwIfCancelled(signal);
    hidden.push(await encode(encoder, samples));
  }
  throwIfCancelled(signal);
  const outputs = await decoder.run(feedsOf(hidden));
  return hidden.map((window, row) => decodedOf(outputs, row, window));
}

/** Never in a batch: one scale for all its numbers, and no mask. Windows would hear each other. */
async function encode(encoder: InferenceSession, samples: Float32Array): Promise<Hidden> {
  const outputs = await encoder.run({ input_values: new Tensor('float32', samples, [1, samples.length]) });
  const [, frames = 0] = dimsOf(outputs, 'last_hidden_state');
  return { states: floats(outputs, 'last_hidden_state'), frames, limit: tokenLimit(samples.length) };
}

/** Shorter windows are filled up with zeros, which the decoder does not look at. */
function feedsOf(hidden: readonly Hidden[]): Record<string, Tensor> {
  const rows = hidden.length;
  const longest = Math.max(...hidden.map(({ frames }) => frames));
  const states = new Float32Array(rows * longest * WIDTH);
  hidden.forEach((window, row) => {
    states.set(window.states, row * longest * WIDTH);
  });
  const integersOf = (value: (window: Hidden) => number) =>
    new Tensor(
      'int64',
      BigInt64Array.from(hidden, (window) => BigInt(value(window))),
      [rows],
    );
  return {
    hidden: new Tensor('float32', states, [rows, longest, WIDTH]),
    frames: integersOf(({ frames }) => frames),
    limits: integersOf(({ limit }) => limit),
  };
}

function decodedOf(outputs: InferenceSession.OnnxValueMapType, row: number, { frames, limit }: Hidden): Decoded {
  const ids = integers(outputs, 'tokens');
  const values = floats(outputs, 'logProbs');
  const [steps = 0, rows = 1] = dimsOf(outputs, 'tokens');
  const tokens: number[] = [];
  const logProbs: number[] = [];
  for (let step = 0; step < Math.min(steps, limit); step += 1) {
    logProbs.push(values[step * rows + row] ?? 0);
    const token = Number(ids[step * rows + row]);
    if (token === END) break;
    tokens.push(token);
    const kept = loopStart(tokens);
    if (kept !== null)
      return settled({ tokens: tokens.slice(0, kept), logProbs, loopCut: true, scores: scoresOf(outputs, row, { steps: kept, frames }) });
  }
  return settled({ tokens, logProbs, loopCut: false, scores: scoresOf(outputs, row, { steps: logProbs.length, frames }) });
}

const settled = (row: Omit<Decoded, 'avgLogProb'>): Decoded => ({
  ...row,
  avgLogProb: row.logProbs.reduce((sum, value) => sum + value, 0) / row.logProbs.length,
});

/** scores [N, B, heads, S] → those of one window, [steps, heads, frames]. */
function scoresOf(outputs: InferenceSession.OnnxValueMapType, row: number, { steps, frames }: { steps: number; frames: number }): Scores {
  const all = floats(outputs, 'scores');
  const [, rows = 1, heads = 0, width = 0] = dimsOf(outputs, 'scores');
  const data = new Float32Array(steps * heads * frames);
  for (let at = 0; at < steps * heads; at += 1) {
    const from = ((Math.floor(at / heads) * rows + row) * heads + (at % heads)) * width;
    data.set(all.subarray(from, from + frames), at * frames);
  }
  return { data, heads, frames };
}
