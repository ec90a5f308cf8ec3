import { describe, expect, it } from 'vitest';
import { averageLinkage } from '../../src/diarization/average-linkage.ts';
import { embed } from '../../src/diarization/embedding.ts';
import { fbank } from '../../src/diarization/fbank.ts';
import { findVoices } from '../../src/diarization/find-voices.ts';
import { openDiarizationModels } from '../../src/diarization/models.ts';
import { dot } from '../../src/diarization/voice-cluster.ts';
import { unitLength } from '../../src/diarization/voice-print.ts';
import { temporaryFolder } from '../media.ts';
import { floatsOf, furthest, golden, partition } from './golden.ts';

const place = { device: 'cpu', threads: 1 } as const;
const tone = Float32Array.from(
  { length: 4000 },
  (_, n) => 0.3 * Math.sin((2 * Math.PI * 440 * n) / 16_000) + 0.1 * Math.sin((2 * Math.PI * 3000 * n) / 16_000),
);

describe('a voice print', () => {
  it('is made of the mel energies that Kaldi computes', () => {
    expect(furthest(fbank(tone), floatsOf(golden.tone.fbank))).toBeLessThan(golden.tolerance.fbank);
  });

  it('is that of the reference', async () => {
    const { embedding, release } = await openDiarizationModels(place);
    const print = await embed(embedding, fbank(tone));
    // The reference keeps this one as the model gives it, of any length.
    expect(furthest(print, unitLength(floatsOf(golden.tone.embedding)))).toBeLessThan(golden.tolerance.embeddings);
    await release();
  });

  it('needs models that are there', async () => {
    await using folder = await temporaryFolder();
    await expect(openDiarizationModels(place, folder.path('.'))).rejects.toThrow();
  });
});

describe('voices', () => {
  const { clustering } = golden;
  const vectors = floatsOf(clustering.vectors);
  const [n = 0, dimensions = 0] = clustering.vectors.shape;
  const mass = new Float64Array(n).fill(clustering.uniqueSeconds);
  const seconds = new Float32Array(n).fill(clustering.seconds);

  it('begin as the micro-clusters of the reference', () => {
    const clusters = averageLinkage({ vectors, dimensions, mass }, 0.45);
    expect(partition([...clusters])).toEqual(partition(clustering.microClusters));
  });

  it.each(clustering.outcomes)('are those of the reference for the wish $options', ({ options: { exact, least, most }, speakers, nearest }) => {
    const voices = findVoices({ vectors, dimensions, mass, seconds }, { speakers: exact, minSpeakers: least, maxSpeakers: most });
    expect(voices).toHaveLength(speakers);
    const found = Array.from({ length: n }, (_, index) => {
      const scores = voices.map((voice) => dot(vectors.subarray(index * dimensions, (index + 1) * dimensions), voice));
      return scores.indexOf(Math.max(...scores));
    });
    expect(partition(found)).toEqual(partition(nearest));
  });

  it('are as many as there are prints, and no more, where more are wanted', () => {
    expect(findVoices({ vectors, dimensions, mass, seconds }, { speakers: n + 5 })).toHaveLength(n);
  });

  it('are none where nothing was heard', () => {
    expect(findVoices({ vectors: new Float32Array(), dimensions, mass: new Float64Array(), seconds: new Float32Array() }, {})).toEqual([]);
  });
});
