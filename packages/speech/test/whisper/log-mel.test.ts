import { describe, expect, it } from 'vitest';
import { float32, floats } from '../../src/onnx/tensors.ts';
import { logMel } from '../../src/whisper/graphs/log-mel.ts';
import { melFilters } from '../../src/whisper/graphs/mel-filters.ts';
import { random } from '../media.ts';
import { buildAndOpen } from './built-graph.ts';
import { base, clipSamples, decodeFile, type GoldenClip, goldenFile, largeGoldenFile, largestDifference, readFloats, readJson } from './golden.ts';

const golden = await readJson<{ melFrames: number[]; clips: Record<string, GoldenClip> }>(goldenFile('clips.json'));
const FRAMES = 3000;
/** README of the vectors: compare after the clamp. */
const TOLERANCE = 1e-4;

const session = (mels: number) =>
  buildAndOpen((g) =>
    g.output('mel', logMel(g, g.input('audio', 'float32', ['B', 'samples']), mels), { type: 'float32', dims: ['B', mels, 'frames'] }),
  );
const session80 = await session(80);

/** Audio-padded: [80, 3000]. */
async function melOf(samples: Float32Array): Promise<Float32Array> {
  const audio = new Float32Array(480_000);
  audio.set(samples);
  return floats(await session80.run({ audio: float32(audio, [1, audio.length]) }), 'mel');
}

const framesOf = (mel: Float32Array, frames: readonly number[]) =>
  frames.flatMap((frame) => Array.from({ length: 80 }, (_, band) => mel[band * FRAMES + frame] ?? Number.NaN));

describe('the mel filter bank', () => {
  it.each([80, 128])('of %i bands is librosa’s', async (mels) => {
    expect(largestDifference(melFilters(mels), await readFloats(goldenFile(`mel-filters-${mels}.f32`)))).toBeLessThan(1e-8);
  });
});

describe('the log-mel spectrogram', () => {
  it.each(['edge-hiss', 'edge-silence'])('of %s is OpenAI’s', async (name) => {
    const samples = await clipSamples(name, golden.clips[name] as GoldenClip);
    const expected = await readFloats(goldenFile(`${name}.mel-frames.f32`));
    expect(largestDifference(framesOf(await melOf(samples ?? new Float32Array()), golden.melFrames), expected)).toBeLessThan(TOLERANCE);
  });

  it.skipIf(base === null)('of jfk is OpenAI’s in every frame', async () => {
    expect(
      largestDifference(await melOf(await decodeFile(goldenFile('audio/jfk.flac'))), await readFloats(largeGoldenFile('jfk.mel.f32'))),
    ).toBeLessThan(TOLERANCE);
  });

  it('is the same as by a slow Fourier transform, with 128 bands too', async () => {
    const noise = random(3);
    const samples = Float32Array.from({ length: 1600 }, () => noise() - 0.5);
    const own = floats(await (await session(128)).run({ audio: float32(samples, [1, samples.length]) }), 'mel');
    expect(largestDifference(own, slowLogMel(samples, 128))).toBeLessThan(TOLERANCE);
  });
});

/** The definition, number by number: [mels, samples / 160]. */
function slowLogMel(samples: Float32Array, mels: number): Float32Array {
  const frames = samples.length / 160;
  const filters = melFilters(mels);
  const reflected = (at: number) => samples[at < 0 ? -at : at >= samples.length ? 2 * samples.length - 2 - at : at] ?? Number.NaN;
  const mel = new Float32Array(mels * frames);
  for (let frame = 0; frame < frames; frame += 1) {
    const power = Array.from({ length: 201 }, (_, bin) => {
      let [real, imaginary] = [0, 0];
      for (let n = 0; n < 400; n += 1) {
        const value = reflected(frame * 160 + n - 200) * (0.5 - 0.5 * Math.cos((2 * Math.PI * n) / 400));
        real += value * Math.cos((2 * Math.PI * bin * n) / 400);
        imaginary -= value * Math.sin((2 * Math.PI * bin * n) / 400);
      }
      return real * real + imaginary * imaginary;
    });
    for (let band = 0; band < mels; band += 1) {
      const energy = power.reduce((sum, value, bin) => sum + value * (filters[band * 201 + bin] ?? 0), 0);
      mel[band * frames + frame] = Math.log10(Math.max(energy, 1e-10));
    }
  }
  const floor = mel.reduce((a, b) => Math.max(a, b)) - 8;
  return mel.map((value) => (Math.max(value, floor) + 4) / 4);
}
