/** Speech probability of every 32 ms, by Silero VAD v5. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { SAMPLE_RATE } from '../decode/decoder.ts';
import type { Stopwatch } from '../stopwatch.ts';
import { CHUNK, CONTEXT, STATE_SHAPE } from './constants.ts';

/** 512 samples (the last chunk of a recording may have fewer) and how probable speech in them is. */
export interface HeardChunk {
  readonly samples: Float32Array;
  readonly probability: number;
}

export type SpeechDetector = (audio: AsyncIterable<Float32Array>, clock: Stopwatch) => AsyncGenerator<HeardChunk>;

export async function openSpeechDetector(file: string): Promise<SpeechDetector> {
  const session = await InferenceSession.create(file, { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 });
  return async function* detect(audio, clock) {
    const rate = new Tensor('int64', BigInt64Array.of(BigInt(SAMPLE_RATE)), []);
    const input = new Float32Array(CONTEXT + CHUNK);
    const inputTensor = new Tensor('float32', input, [1, CONTEXT + CHUNK]);
    let state: Tensor = new Tensor('float32', new Float32Array(2 * 128), STATE_SHAPE);
    for await (const samples of chunksOf(audio)) {
      // The tail of the previous chunk comes first; a short last chunk is filled with silence.
      input.copyWithin(0, CHUNK);
      input.fill(0, CONTEXT);
      input.set(samples, CONTEXT);
      const result = await clock.measure(() => session.run({ input: inputTensor, state, sr: rate }));
      const { output, stateN } = result;
      if (!output || !(stateN instanceof Tensor)) throw new Error('The voice activity model has unexpected outputs.');
      state = stateN;
      yield { samples, probability: Number(output.data[0]) };
    }
  };
}

/** The same samples in pieces of exactly 512; only the last may be shorter. */
async function* chunksOf(audio: AsyncIterable<Float32Array>): AsyncGenerator<Float32Array> {
  let open = new Float32Array(CHUNK);
  let filled = 0;
  for await (const piece of audio) {
    for (let at = 0; at < piece.length; ) {
      const taken = Math.min(CHUNK - filled, piece.length - at);
      open.set(piece.subarray(at, at + taken), filled);
      filled += taken;
      at += taken;
      if (filled < CHUNK) continue;
      yield open;
      open = new Float32Array(CHUNK);
      filled = 0;
    }
  }
  if (filled > 0) yield open.subarray(0, filled);
}
