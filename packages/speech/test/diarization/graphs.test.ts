/** The graphs that run, beside the models as they came. */
import { afterAll, describe, expect, it } from 'vitest';
import { embed, MIN_ROWS } from '../../src/diarization/embedding.ts';
import { MELS } from '../../src/diarization/fbank.ts';
import { HOP, WINDOW } from '../../src/diarization/frames.ts';
import { openDiarizationModels } from '../../src/diarization/models.ts';
import { classifyFrames } from '../../src/diarization/segmentation.ts';
import { cutSegmentation } from '../../src/diarization/segmentation-graphs.ts';
import { DIMENSIONS, unitLength } from '../../src/diarization/voice-print.ts';
import { MOST_WINDOWS, WindowFilters } from '../../src/diarization/window-filters.ts';
import { speakerModelFile } from '../../src/models.ts';
import { openSession } from '../../src/onnx/open-session.ts';
import { Tensor } from '../../src/onnx/runtime.ts';
import { random, sampleAudio } from '../media.ts';
import { furthest } from './golden.ts';

const place = { device: 'cpu', threads: 1 } as const;
const models = await openDiarizationModels(place);
const segmentation = await openSession(speakerModelFile('segmentation.onnx'), place);
const embedding = await openSession(speakerModelFile('speaker-embedding.onnx'), place);
afterAll(() => Promise.all([models.release(), segmentation.release(), embedding.release()]));

describe('the segmentation of overlapping windows', async () => {
  const WINDOWS = MOST_WINDOWS + 2;
  const length = (WINDOWS - 1) * HOP + WINDOW;
  const spoken = new Float32Array(length);
  spoken.set((await sampleAudio()).subarray(0, length - WINDOW / 2));

  /** Probabilities: what is out of the question may be so by more or less. */
  const probabilities = (logProbs: Float32Array): Float32Array => logProbs.map(Math.exp);

  /** What the model as it came tells of every window by itself. */
  const wanted = async (samples: Float32Array): Promise<Float32Array[]> => {
    const all = [];
    for (let window = 0; window < WINDOWS; window += 1) {
      const waveform = new Tensor('float32', samples.slice(window * HOP, window * HOP + WINDOW), [1, 1, WINDOW]);
      const { log_probs } = await segmentation.run({ waveform });
      all.push(probabilities(log_probs?.data as Float32Array));
    }
    return all;
  };

  it.each([
    ['speech, and silence after it', spoken],
    ['faint speech with a constant in it', spoken.map((sample) => 0.01 * sample + 0.02)],
    ['silence', new Float32Array(length)],
  ])('is that of the model as it came: %s', async (_, samples) => {
    const filters = new WindowFilters(models.segmentation);
    const expected = await wanted(samples);
    // Some, one and some windows at once, as a recording comes in.
    for (const [first, count] of [
      [0, MOST_WINDOWS],
      [MOST_WINDOWS, 1],
      [MOST_WINDOWS + 1, 1],
    ] as const) {
      const loudest = await filters.next(samples.slice(first * HOP, (first + count - 1) * HOP + WINDOW));
      const found = probabilities(await classifyFrames(models.segmentation.classes, loudest));
      const size = found.length / count;
      for (let window = 0; window < count; window += 1) {
        expect(furthest(found.subarray(window * size, (window + 1) * size), expected[first + window] ?? [])).toBeLessThan(1e-3);
      }
    }
  });

  it('needs the model that comes with the product', () => {
    expect(() => cutSegmentation(Uint8Array.of(1, 2, 3))).toThrow(expect.objectContaining({ code: 'engine_unavailable' }));
    expect(() => cutSegmentation(new Uint8Array())).toThrow(expect.objectContaining({ code: 'engine_unavailable' }));
  });
});

describe('the voice print', () => {
  const draw = random(7);
  const rowsOf = (rows: number): Float32Array => Float32Array.from({ length: rows * MELS }, () => 4 * draw() - 2);

  it.each([MIN_ROWS, 75, 188, 200])('of %i rows is that of the model as it came', async (count) => {
    const rows = rowsOf(count);
    const print = await embed(models.embedding, rows);
    // By now the rows have lost their mean.
    const answer = await embedding.run({ fbank: new Tensor('float32', rows, [1, count, MELS]) });
    const expected = unitLength(answer['embedding']?.data as Float32Array);
    expect(expected).toHaveLength(DIMENSIONS);
    expect(furthest(print, expected)).toBeLessThan(1e-5);
  });

  it('of more rows than the graph is for is refused', async () => {
    await expect(embed(models.embedding, rowsOf(201))).rejects.toThrow(RangeError);
  });
});
