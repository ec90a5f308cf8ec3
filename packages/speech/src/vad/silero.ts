/** Speech probability of every 32 ms, by Silero VAD v5. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { SAMPLE_RATE } from '../decode/decoder.ts';
import { vadFile } from '../models.ts';
import type { Stopwatch } from '../stopwatch.ts';
import { CHUNK, CONTEXT, STATE_SHAPE } from './constants.ts';

/** 512 samples (the last chunk of a recording may have fewer) and how probable speech in them is. */
export interface HeardChunk {
  readonly samples: Float32Array;
  readonly probability: number;
}

export type SpeechDetector = (audio: AsyncIterable<Float32Array>, clock: Stopwatch) => AsyncGenerator<HeardChunk>;

export async function openSpeechDetector(file = vadFile()): Promise<SpeechDetector> {
  const session = await InferenceSession.create(file, { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 });
  return async function* detect(audio, clock) {
    const hear = listener(session);
    for await (const chunks of chunksOf(audio)) {
      const probabilities = await clock.measure(() => hear(chunks));
      for (const [index, samples] of chunks.entries()) yield { samples, probability: probabilities[index] ?? 0 };
    }
  };
}

/** The model remembers: chunks must come in order. */
function listener(session: InferenceSession): (chunks: readonly Float32Array[]) => Promise<number[]> {
  const rate = new Tensor('int64', BigInt64Array.of(BigInt(SAMPLE_RATE)), []);
  const samples = new Float32Array(CONTEXT + CHUNK);
  const input = new Tensor('float32', samples, [1, CONTEXT + CHUNK]);
  let state: Tensor = new Tensor('float32', new Float32Array(2 * 128), STATE_SHAPE);
  return async (chunks) => {
    const probabilities: number[] = [];
    for (const chunk of chunks) {
      // The tail of the previous chunk comes first; a short last chunk is filled up with silence.
      samples.copyWithin(0, CHUNK);
      samples.fill(0, CONTEXT);
      samples.set(chunk, CONTEXT);
      const { output, stateN } = await session.run({ input, state, sr: rate });
      if (!output || !(stateN instanceof Tensor)) throw new Error('The voice activity model has unexpected outputs.');
      state = stateN;
      probabilities.push(Number(output.data[0]));
    }
    return probabilities;
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
