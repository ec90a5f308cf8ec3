/** Which state of the merging has the speakers of the recording. */
import type { MergeState } from './merge-clusters.ts';
import type { VoiceCluster } from './voice-cluster.ts';

/** Clusters this much alike are one speaker. */
const SAME = 0.6;

export interface SpeakerNeeds {
  /** Seconds of speech that a speaker must have. */
  readonly seconds: number;
  /** How many there are, at least and at most. */
  readonly least: number;
  readonly most: number;
}

/** `states`: from all apart to one. As many speakers as are wanted, unless the first state has fewer clusters. */
export function chooseSpeakers(states: readonly MergeState[], { seconds, least, most }: SpeakerNeeds): readonly VoiceCluster[] {
  const speakersOf = (state: MergeState): readonly VoiceCluster[] => {
    const enough = state.clusters.filter(({ mass }) => mass >= seconds);
    return enough.length > 0 ? enough : largest(state, 1);
  };
  const end = states.findIndex(({ likeness }) => likeness < SAME);
  const found = speakersOf(states.at(end < 0 ? -1 : end - 1) as MergeState);
  if (found.length >= least && found.length <= most) return found;
  const wanted = found.length < least ? least : most;
  const exact = states.findLast((state) => speakersOf(state).length === wanted);
  if (exact) return speakersOf(exact);
  return largest(states.findLast(({ clusters }) => clusters.length >= wanted) ?? (states[0] as MergeState), wanted);
}

/** Among equals the first. */
const largest = ({ clusters }: MergeState, count: number): readonly VoiceCluster[] => clusters.toSorted((a, b) => b.mass - a.mass).slice(0, count);
