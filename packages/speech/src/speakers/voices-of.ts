import type { SpeakerTurn } from '@bulk-transcribe/protocol';
import type { ChannelEvidence, SpeakerEvidence } from '../diarization/evidence.ts';
import { frameStart } from '../diarization/frames.ts';
import { regionsOf } from '../diarization/regions.ts';
import { type Unit, uniqueSeconds, unitsAndSpans } from '../diarization/units.ts';
import { clusterOf, type Print, type VoiceCluster } from '../diarization/voice-cluster.ts';
import { SpeakerTimeline } from './speaker-timeline.ts';

/** What a speaker of a recording sounds like. `mass`: seconds of speech that tell it. */
export interface Voice extends VoiceCluster {
  readonly speaker: string;
}

/** Seconds of sound that a voice print must hold to count. */
const RELIABLE = 1;

/**
 * The voices of speakers, by the turns as they stand now: after a correction a voice is that of whom a person said it is. Speakers
 * without a second of speech alone have none.
 */
export function voicesOf({ channels }: SpeakerEvidence, turns: readonly SpeakerTurn[]): Voice[] {
  const timeline = new SpeakerTimeline(turns);
  const prints = channels.flatMap((channel) => printsOf(channel, timeline));
  return [...Map.groupBy(prints, ({ speaker }) => speaker)].map(([speaker, own]) => ({ speaker, ...clusterOf(own) }));
}

function printsOf({ count, changes, embeddings, seconds }: ChannelEvidence, timeline: SpeakerTimeline): (Print & { speaker: string })[] {
  const cut = unitsAndSpans(regionsOf(count, changes));
  const mass = uniqueSeconds(cut);
  const dimensions = embeddings.length / Math.max(1, cut.spans.length);
  return cut.spans.flatMap(({ first, last }, index) => {
    if ((seconds[index] as number) < Math.fround(RELIABLE)) return [];
    const heard = timeline.at(startOf(cut.units[first]), endOf(cut.units[last]));
    // Of two who speak at once, in channels of their own, nobody knows here which it is.
    if (!heard || heard.other !== undefined) return [];
    const vector = embeddings.subarray(index * dimensions, (index + 1) * dimensions);
    return [{ speaker: heard.speaker, vector, mass: mass[index] as number }];
  });
}

const startOf = (unit: Unit | undefined): number => frameStart(unit?.frames[0] ?? 0);
const endOf = (unit: Unit | undefined): number => frameStart((unit?.frames.at(-1) ?? 0) + 1);
