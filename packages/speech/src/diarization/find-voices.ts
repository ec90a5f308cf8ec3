/** Voice prints of spans → the voices of the recording: how many speakers there are, and what each sounds like. */
import { averageLinkage, type WeightedVectors } from './average-linkage.ts';
import { chooseSpeakers } from './choose-speakers.ts';
import { mergeClusters } from './merge-clusters.ts';
import type { SpeakerWish } from './speaker-turns.ts';
import { clusterOf, dot, type Print, type VoiceCluster } from './voice-cluster.ts';
import { unitLength } from './voice-print.ts';

/** Seconds of sound that a print must hold to say who there is; less only where there is no more. */
const RELIABLE = [1, 0.3, 1e-9] as const;
/** Prints that are clustered with each other: about one hour. Bounds time and memory. */
const BLOCK = 2000;
/** Mean similarity of a micro-cluster; finer where more speakers are wanted than the first gives. At the last every print is alone. */
const MICRO = [0.45, 0.55, 0.65, 0.75, 0.85, 2] as const;
/** Seconds, and share of speech: smaller micro-clusters are no evidence of a speaker. */
const BIG = 1.5;
const BIG_SHARE = 0.0002;
const MOST_BIG = 400;
/** Speech that a speaker must have: a share, at least and at most so many seconds; and a share in a long recording. */
const NEED = { share: 0.04, least: 1, most: 6, long: 0.003 } as const;
/** Passes in which every print goes to the nearest voice. */
const REFINE = 3;

export interface Prints extends WeightedVectors {
  /** [n]: seconds of sound in each print; 0 where there is none. */
  readonly seconds: Float32Array;
}

/** → voices [k][dimensions], unit length; none where there is no print. */
export function findVoices(all: Prints, wish: SpeakerWish): Float32Array[] {
  const prints = reliable(all);
  if (prints.length === 0) return [];
  const exact = wish.speakers;
  const range = { least: exact ?? wish.minSpeakers ?? 1, most: exact ?? wish.maxSpeakers ?? Number.POSITIVE_INFINITY };
  const states = mergeClusters(startingClusters(prints, range.least));
  const chosen = chooseSpeakers(states, { seconds: neededSeconds(prints), ...range });
  return refine(
    prints,
    chosen.map(({ total }) => unitLength(total)),
  );
}

function reliable({ vectors, dimensions, mass, seconds }: Prints): Print[] {
  const prints = Array.from(seconds, (length, index) => ({
    length,
    vector: vectors.subarray(index * dimensions, (index + 1) * dimensions),
    mass: mass[index] as number,
  }));
  const choices = RELIABLE.map((least) => prints.filter(({ length }) => length >= Math.fround(least)));
  return choices.find(({ length }) => length >= 2) ?? choices.at(-1) ?? [];
}

const total = (items: readonly { readonly mass: number }[]): number => items.reduce((sum, { mass }) => sum + mass, 0);

function neededSeconds(prints: readonly Print[]): number {
  const speech = total(prints);
  return Math.max(Math.min(Math.max(NEED.share * speech, NEED.least), NEED.most), NEED.long * speech);
}

/** The big micro-clusters; small ones, then finer ones, only where more speakers are wanted than these are. */
function startingClusters(prints: readonly Print[], wanted: number): VoiceCluster[] {
  let clusters: VoiceCluster[] = [];
  for (const threshold of MICRO) {
    clusters = microClusters(prints, threshold).sort((a, b) => b.mass - a.mass);
    if (clusters.length >= wanted) break;
  }
  const floor = Math.min(Math.max(BIG, BIG_SHARE * total(prints)), (clusters[0]?.mass ?? 0) / 2);
  const big = clusters.filter(({ mass }) => mass >= floor).length;
  return clusters.slice(0, Math.max(wanted, Math.min(big, MOST_BIG)));
}

function microClusters(prints: readonly Print[], threshold: number): VoiceCluster[] {
  const clusters: VoiceCluster[] = [];
  const room = new Float32Array(Math.min(BLOCK, prints.length) ** 2);
  for (let at = 0; at < prints.length; at += BLOCK) {
    const block = prints.slice(at, at + BLOCK);
    const labels = averageLinkage(matrixOf(block), threshold, room);
    clusters.push(
      ...Map.groupBy(block.entries(), ([index]) => labels[index])
        .values()
        .map((members) => clusterOf(members.map(([, print]) => print))),
    );
  }
  return clusters;
}

function matrixOf(prints: readonly Print[]): WeightedVectors {
  const dimensions = prints[0]?.vector.length ?? 0;
  const vectors = new Float32Array(prints.length * dimensions);
  for (const [index, { vector }] of prints.entries()) vectors.set(vector, index * dimensions);
  return { vectors, dimensions, mass: Float64Array.from(prints, ({ mass }) => mass) };
}

/** Every print goes to the voice that it is most like, and the voices are made anew of what they got; three times. */
function refine(prints: readonly Print[], voices: Float32Array[]): Float32Array[] {
  let refined = voices;
  for (let pass = 0; pass < REFINE; pass += 1) {
    const parts = Map.groupBy(prints, ({ vector }) => nearestVoice(vector, refined));
    refined = refined.map((voice, index) => {
      const own = parts.get(index);
      return own ? unitLength(clusterOf(own).total) : voice;
    });
  }
  return refined;
}

function nearestVoice(vector: Float32Array, voices: readonly Float32Array[]): number {
  let best = 0;
  let highest = Number.NEGATIVE_INFINITY;
  for (const [index, voice] of voices.entries()) {
    const similarity = dot(vector, voice);
    if (similarity > highest) [best, highest] = [index, similarity];
  }
  return best;
}
