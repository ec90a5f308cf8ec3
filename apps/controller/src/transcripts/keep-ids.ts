import type { SpeakerLabels } from '@bulk-transcribe/speech/speakers';
import type { KnownSpeaker } from './overlay.ts';

/** Share of what a person spoke of as one voice that another labelling must give to one voice for it to be the same. */
const SAME = 0.5;

/**
 * Labels in which the voices that people have named, or given something to, have the ids that they had; the others take the
 * numbers that are free, by first appearance. Where two known voices are one now, it is the one that is heard in more of it.
 */
export function keepIds({ turns, speakers, warnings }: SpeakerLabels, known: readonly KnownSpeaker[]): SpeakerLabels {
  const ids = new Map<string, string>();
  for (const { id, voice } of likelyPairs(turns, known)) if (!ids.has(voice) && ![...ids.values()].includes(id)) ids.set(voice, id);
  const taken = new Set(known.map(({ id }) => id));
  const free = Iterator.from(numbers()).filter((id) => !taken.has(id));
  for (const { id: voice } of speakers) if (!ids.has(voice)) ids.set(voice, free.next().value ?? voice);
  const idOf = (voice: string): string => ids.get(voice) ?? voice;
  return {
    turns: turns.map((turn) => ({ ...turn, speaker: idOf(turn.speaker) })),
    speakers: speakers.map((speaker) => ({ ...speaker, id: idOf(speaker.id) })),
    warnings,
  };
}

function* numbers(): Generator<string> {
  for (let number = 1; ; number += 1) yield `S${number}`;
}

/** Those that were heard together longest first. */
function likelyPairs(turns: SpeakerLabels['turns'], known: readonly KnownSpeaker[]): { id: string; voice: string; seconds: number }[] {
  const byVoice = Map.groupBy(turns, ({ speaker }) => speaker);
  const pairs = known.flatMap(({ id, anchors }) => {
    const heard = anchors.reduce((sum, [start, end]) => sum + end - start, 0);
    return [...byVoice].flatMap(([voice, own]) => {
      const seconds = anchors.reduce((sum, anchor) => sum + own.reduce((inner, turn) => inner + shared(anchor, turn), 0), 0);
      return seconds > 0 && seconds >= SAME * heard ? { id, voice, seconds } : [];
    });
  });
  return pairs.toSorted((a, b) => b.seconds - a.seconds);
}

const shared = ([start, end]: KnownSpeaker['anchors'][number], turn: SpeakerLabels['turns'][number]): number =>
  Math.max(0, Math.min(end, turn.end) - Math.max(start, turn.start));
