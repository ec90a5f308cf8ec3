import { likeness } from '../diarization/voice-cluster.ts';
import type { Voice } from './voices-of.ts';

/** Voices less alike than this are of different people, as far as can be told: it is unknown whose they are. */
export const UNKNOWN = 0.6;

interface Likeness<A, B> {
  readonly a: A;
  readonly b: B;
  /** How alike the voices are for how alike each is to itself: 1 = as much as that, 0 = not at all. */
  readonly likeness: number;
}

/** The pairs of one of each side that may be the same person, likest first; each voice stands in one pair at most. */
export function matchVoices<A extends Voice, B extends Voice>(left: readonly A[], right: readonly B[]): Likeness<A, B>[] {
  const pairs = left.flatMap((a) => right.map((b) => ({ a, b, likeness: likeness(a, b) })));
  const taken = new Set<Voice>();
  return pairs
    .filter((pair) => pair.likeness >= UNKNOWN)
    .toSorted((one, other) => other.likeness - one.likeness)
    .filter(({ a, b }) => {
      if (taken.has(a) || taken.has(b)) return false;
      taken.add(a).add(b);
      return true;
    });
}
