import type { Provenance, Segment, Speaker, SpeakerTurn, Transcript } from '@bulk-transcribe/protocol';
import { withSpeakers } from '@bulk-transcribe/speech/speakers';
import { applyEdits } from './apply-edits.ts';
import { giveTurn } from './give-turn.ts';
import type { Overlay } from './overlay.ts';

export interface StoredTranscript {
  /** As the engine made it. */
  readonly original: Transcript;
  readonly overlay: Overlay;
  /** Counts the changes of the overlay. */
  readonly revision: number;
}

/** The transcript as it reads with all that people have changed. */
export function correctedTranscript({ original, overlay, revision }: StoredTranscript): Transcript {
  if (revision === 0) return original;
  const labelled = overlay.labelling ? withSpeakers(original, overlay.labelling) : original;
  const base = { ...labelled, provenance: withHearing(original.provenance, overlay.heard) };
  const segments = applyEdits(base.segments, overlay.segments);
  const turns = correctedTurns(base, overlay);
  return { ...base, segments, ...speakersOf({ base, turns, overlay }), revision };
}

function withHearing(provenance: Provenance, heard: Overlay['heard']): Provenance {
  if (!heard) return provenance;
  const fallbacks = [...(provenance.fallbacks ?? []), ...heard.fallbacks];
  return { ...provenance, steps: [...provenance.steps, ...heard.steps], ...(fallbacks.length > 0 && { fallbacks }) };
}

/** Where a person has given a segment to somebody, that one speaks there. */
function correctedTurns(base: Transcript, { segments: edits }: Overlay): SpeakerTurn[] {
  const heard = base.turns ?? turnsOf(base.segments);
  return edits.reduce((turns, { start, end, speaker }) => (speaker === undefined ? turns : giveTurn(turns, { start, end, speaker })), heard);
}

const turnsOf = (segments: readonly Segment[]): SpeakerTurn[] =>
  segments.flatMap(({ speaker, start, end }) => (speaker === undefined ? [] : { speaker, start, end }));

interface SpeakerSources {
  readonly base: Transcript;
  readonly turns: readonly SpeakerTurn[];
  readonly overlay: Overlay;
}

/** Heard ones in their order, then those that people added. None where voices were never told apart. */
function speakersOf({ base, turns, overlay }: SpeakerSources): Pick<Transcript, 'speakers' | 'turns'> {
  const heard = base.speakers ?? [];
  const seconds = secondsOf(turns);
  const names = new Map(overlay.speakers.map(({ id, name }) => [id, name]));
  const ids = new Set([
    ...heard.map(({ id }) => id),
    ...overlay.speakers.filter(({ id, anchors }) => seconds.has(id) || anchors.length === 0).map(({ id }) => id),
  ]);
  if (ids.size === 0 && !base.speakers) return {};
  const speakers = [...ids].map((id): Speaker => ({ id, name: names.get(id) ?? null, seconds: seconds.get(id) ?? 0 }));
  return { speakers, turns: [...turns] };
}

function secondsOf(turns: readonly SpeakerTurn[]): Map<string, number> {
  const seconds = new Map<string, number>();
  for (const { speaker, start, end } of turns) seconds.set(speaker, Math.round(((seconds.get(speaker) ?? 0) + end - start) * 1000) / 1000);
  return seconds;
}
