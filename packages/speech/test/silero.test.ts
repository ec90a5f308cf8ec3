/** Our graph of Silero VAD against the published one, chunk by chunk. */
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { vadFile } from '../src/models.ts';
import { InferenceSession, Tensor } from '../src/onnx/runtime.ts';
import { Stopwatch } from '../src/stopwatch.ts';
import { CHUNK, CONTEXT, STATE } from '../src/vad/constants.ts';
import { openSpeechDetector } from '../src/vad/silero.ts';
import { readSileroWeights } from '../src/vad/silero-weights.ts';
import { RATE, random, sampleAudio, temporaryFolder } from './media.ts';
import { largestDifference } from './whisper/golden.ts';

/** Speech, a second of noise, and a last chunk that is not full. */
async function sounds(): Promise<Float32Array> {
  const next = random(1);
  const noise = Array.from({ length: RATE + 100 }, () => 0.1 * (2 * next() - 1));
  return Float32Array.from([...(await sampleAudio()), ...noise]);
}

async function published(samples: Float32Array): Promise<number[]> {
  const session = await InferenceSession.create(vadFile(), { intraOpNumThreads: 1, logSeverityLevel: 3 });
  const sr = new Tensor('int64', BigInt64Array.of(BigInt(RATE)), []);
  let state: Tensor = new Tensor('float32', new Float32Array(2 * STATE), [2, 1, STATE]);
  const probabilities: number[] = [];
  for (let at = 0; at < samples.length; at += CHUNK) {
    const input = new Float32Array(CONTEXT + CHUNK);
    if (at > 0) input.set(samples.subarray(at - CONTEXT, at));
    input.set(samples.subarray(at, at + CHUNK), CONTEXT);
    const outputs = await session.run({ input: new Tensor('float32', input, [1, CONTEXT + CHUNK]), state, sr });
    state = outputs['stateN'] as Tensor;
    probabilities.push(Number((outputs['output'] as Tensor).data[0]));
  }
  return probabilities;
}

it.each([
  ['as it comes from a decoder', 2 * RATE],
  ['in pieces of odd sizes', 777],
])('gives the probabilities of the published graph, %s', async (_, size) => {
  const samples = await sounds();
  async function* pieces() {
    for (let at = 0; at < samples.length; at += size) yield samples.subarray(at, at + size);
  }
  const detect = await openSpeechDetector();
  const heard = await Array.fromAsync(detect(pieces(), new Stopwatch()));
  const expected = await published(samples);
  expect(Math.max(...expected)).toBeGreaterThan(0.9);
  expect(Math.min(...expected)).toBeLessThan(0.1);
  expect(
    largestDifference(
      heard.map(({ probability }) => probability),
      expected,
    ),
  ).toBeLessThan(1e-4);
});

it('says what is wrong with a file that is another model', async () => {
  await using folder = await temporaryFolder();
  await expect(openSpeechDetector(folder.path('nothing.onnx'))).rejects.toThrow();
  const bytes = await readFile(vadFile());
  expect(() => readSileroWeights(bytes.subarray(0, 1000))('stft.forward_basis_buffer')).toThrow(
    expect.objectContaining({ code: 'engine_unavailable', message: expect.stringContaining('finds speech') }),
  );
});
