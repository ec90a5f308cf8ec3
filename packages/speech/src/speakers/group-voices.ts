import { join, likeness, type VoiceCluster } from '../diarization/voice-cluster.ts';
import { UNKNOWN } from './same-voice.ts';
import type { Voice } from './voices-of.ts';

/** A voice, and which recording it was heard in. */
export interface HeardVoice extends Voice {
  readonly recording: string;
}

export interface VoiceGroup {
  readonly voices: readonly HeardVoice[];
  /** How alike the two least alike parts are that were taken for one: 1 = as much as each is to itself. */
  readonly likeness: number;
}

interface Growing extends VoiceCluster, VoiceGroup {}

/**
 * Voices of several recordings that may be the same person, two or more each, likest first. Two voices of one recording never come
 * together: there they were told apart. The likest pair first, as long as any is alike enough; the rest is unknown.
 */
export function groupVoices(voices: readonly HeardVoice[]): VoiceGroup[] {
  let groups = voices.map((voice): Growing => ({ ...voice, voices: [voice], likeness: Number.POSITIVE_INFINITY }));
  let pairs = pairsOf(groups);
  for (let best = likest(pairs); best; best = likest(pairs)) {
    const { a, b } = best;
    const joined = { ...join(a, b), voices: [...a.voices, ...b.voices], likeness: Math.min(a.likeness, b.likeness, best.likeness) };
    groups = groups.filter((group) => group !== a && group !== b);
    pairs = [...pairs.filter((pair) => ![pair.a, pair.b].some((one) => one === a || one === b)), ...pairsWith(joined, groups)];
    groups.push(joined);
  }
  return groups
    .filter((group) => group.voices.length > 1)
    .toSorted((a, b) => b.likeness - a.likeness)
    .map(({ voices: own, likeness: least }) => ({ voices: own, likeness: least }));
}

interface Pair {
  readonly a: Growing;
  readonly b: Growing;
  readonly likeness: number;
}

const pairsOf = (groups: readonly Growing[]): Pair[] => groups.flatMap((group, index) => pairsWith(group, groups.slice(index + 1)));

const pairsWith = (a: Growing, others: readonly Growing[]): Pair[] =>
  others.flatMap((b) => {
    const pair = { a, b, likeness: likeness(a, b) };
    return pair.likeness >= UNKNOWN && !shareRecording(a, b) ? pair : [];
  });

const shareRecording = (a: VoiceGroup, b: VoiceGroup): boolean => {
  const recordings = new Set(a.voices.map(({ recording }) => recording));
  return b.voices.some(({ recording }) => recordings.has(recording));
};

const likest = (pairs: readonly Pair[]): Pair | undefined =>
  pairs.reduce<Pair | undefined>((best, pair) => (best && best.likeness >= pair.likeness ? best : pair), undefined);
