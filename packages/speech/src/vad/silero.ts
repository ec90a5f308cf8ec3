/** Speech probability of every 32 ms, by Silero VAD v5. */
import { readFile } from 'node:fs/promises';
import { vadFile } from '../models.ts';
import { openSession } from '../onnx/open-session.ts';
import type { InferenceSession } from '../onnx/runtime.ts';
import { float32, floats } from '../onnx/tensors.ts';
import type { Stopwatch } from '../stopwatch.ts';
import { CHUNK, CONTEXT, STATE } from './constants.ts';
import { sileroGraph } from './silero-graph.ts';
import { readSileroWeights } from './silero-weights.ts';

/** 512 samples (the last chunk of a recording may have fewer) and how probable speech in them is. */
export interface HeardChunk {
  readonly samples: Float32Array;
  readonly probability: number;
}

export type SpeechDetector = (audio: AsyncIterable<Float32Array>, clock: Stopwatch) => AsyncGenerator<HeardChunk>;

export async function openSpeechDetector(file = vadFile()): Promise<SpeechDetector> {
  const session = await openSession(sileroGraph(readSileroWeights(await readFile(file))), { device: 'cpu', threads: 1 });
  return async function* detect(audio, clock) {
    const hear = listener(session);
    for await (const chunks of chunksOf(audio)) {
      const probabilities = await clock.measure(() => hear(chunks));
      for (const [index, samples] of chunks.entries()) yield { samples, probability: probabilities[index] ?? 0 };
    }
  };
}

/** The model remembers: chunks must come in order. */
function listener(session: InferenceSession): (chunks: readonly Float32Array[]) => Promise<Float32Array> {
  let before: Float32Array = new Float32Array(CHUNK);
  let [h, c]: [Float32Array, Float32Array] = [new Float32Array(STATE), new Float32Array(STATE)];
  return async (chunks) => {
    if (chunks.length === 0) return new Float32Array();
    const samples = new Float32Array(chunks.length * (CONTEXT + CHUNK));
    for (const [index, chunk] of chunks.entries()) {
      // The tail of the previous chunk comes first; a short last chunk is filled up with silence.
      samples.set(before.subarray(CHUNK - CONTEXT), index * (CONTEXT + CHUNK));
      samples.set(chunk, index * (CONTEXT + CHUNK) + CONTEXT);
      before = chunk;
    }
    const state = (values: Float32Array) => float32(values, [1, 1, STATE]);
    const outputs = await session.run({ samples: float32(samples, [chunks.length, CONTEXT + CHUNK]), h: state(h), c: state(c) });
    [h, c] = [floats(outputs, 'hN'), floats(outputs, 'cN')];
    return floats(outputs, 'probabilities');
  };
}

/** The same samples, piece by piece, as chunks of exactly 512; only the very last may be shorter. */
async function* chunksOf(audio: AsyncIterable<Float32Array>): AsyncGenerator<Float32Array[]> {
  let open = new Float32Array(CHUNK);
  let filled = 0;
  for await (const piece of audio) {
    const chunks: Float32Array[] = [];
    for (let at = 0; at < piece.length; ) {
      const taken = Math.min(CHUNK - filled, piece.length - at);
      open.set(piece.subarray(at, at + taken), filled);
      filled += taken;
      at += taken;
      if (filled < CHUNK) continue;
      chunks.push(open);
      open = new Float32Array(CHUNK);
      filled = 0;
    }
    yield chunks;
  }
  if (filled > 0) yield [open.subarray(0, filled)];
}
