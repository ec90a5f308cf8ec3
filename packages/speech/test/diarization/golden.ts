/** What a reference implementation gives: golden/ORIGIN.md. */
import { readFileSync } from 'node:fs';
import type { SpeakerEvidence } from '../../src/diarization/evidence.ts';
import type { SpeakerTurn } from '../../src/diarization/speaker-turns.ts';

interface Vectors {
  readonly file: string;
  readonly shape: readonly number[];
}

export interface GoldenCase {
  readonly audio: string;
  readonly samples: number;
  readonly active: Vectors;
  readonly count: Vectors;
  readonly changePoints: readonly number[];
  readonly spanFbankSeconds: readonly number[];
  readonly embeddings: Vectors;
  readonly centroids: Vectors;
  readonly turns: readonly SpeakerTurn[];
  readonly turnsWithExactlyTwoSpeakers: readonly SpeakerTurn[];
}

interface Golden {
  readonly tolerance: { readonly fbank: number; readonly embeddings: number; readonly turnsSec: number };
  readonly cases: readonly GoldenCase[];
  readonly tone: { readonly fbank: Vectors; readonly embedding: Vectors };
  readonly clustering: {
    readonly vectors: Vectors;
    readonly seconds: number;
    readonly uniqueSeconds: number;
    readonly microClusters: readonly number[];
    readonly outcomes: readonly {
      readonly options: { readonly exact?: number; readonly least?: number; readonly most?: number };
      readonly speakers: number;
      readonly nearest: readonly number[];
    }[];
  };
}

const bytesOf = (file: string): Uint8Array => Uint8Array.from(readFileSync(new URL(`golden/${file}`, import.meta.url)));

export const golden = JSON.parse(Buffer.from(bytesOf('golden.json')).toString()) as Golden;
export const floatsOf = ({ file }: Vectors): Float32Array => new Float32Array(bytesOf(file).buffer as ArrayBuffer);

/** The reference keeps a byte for each local speaker of a frame. */
export function goldenEvidence({ samples, active, count, changePoints, embeddings, spanFbankSeconds }: GoldenCase): SpeakerEvidence {
  const tracks = bytesOf(active.file);
  const counts = bytesOf(count.file);
  const channel = {
    samples,
    active: Uint8Array.from({ length: tracks.length / 3 }, (_, frame) =>
      [1, 2, 4].reduce((bits, bit, k) => bits + bit * (tracks[3 * frame + k] ?? 0), 0),
    ),
    count: counts,
    changes: counts.map((_, frame) => (changePoints.includes(frame) ? 1 : 0)),
    embeddings: floatsOf(embeddings),
    seconds: Float32Array.from(spanFbankSeconds),
  };
  return { channels: [channel] };
}

export const furthest = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  a.length === b.length ? Array.from(a, (value, index) => Math.abs(value - (b[index] as number))).reduce((x, y) => Math.max(x, y), 0) : Number.NaN;

/** Numbers by first appearance: two lists of labels are the same partition where these are equal. */
export function partition(labels: readonly number[]): number[] {
  const known = [...new Set(labels)];
  return labels.map((label) => known.indexOf(label));
}
