import { AppError, type SegmentChange, type SpeakerChange, type Transcript, type TranscriptChange } from '@bulk-transcribe/protocol';
import { keyOf } from './apply-edits.ts';
import { correctedTranscript, type StoredTranscript } from './apply-overlay.ts';
import type { KnownSpeaker, Overlay, SegmentEdit } from './overlay.ts';

/** Longest turns of a speaker that are remembered to find the voice again. */
const ANCHORS = 20;

/** The overlay with the change. AppError conflict where the transcript is at another revision, invalid_request where the change names what is not there. */
export function changeOverlay(stored: StoredTranscript, change: TranscriptChange): Overlay {
  if (change.revision !== stored.revision) {
    throw new AppError('conflict', `The transcript was changed meanwhile: it is at revision ${stored.revision}, not ${change.revision}.`, {
      field: 'revision',
    });
  }
  const shown = correctedTranscript(stored);
  const named = (change.speakers ?? []).reduce((speakers, one) => nameSpeaker(speakers, one, shown), stored.overlay.speakers);
  return (change.segments ?? []).reduce((overlay, one) => changeSegment(overlay, one, shown), { ...stored.overlay, speakers: named });
}

function nameSpeaker(speakers: readonly KnownSpeaker[], { id, name }: SpeakerChange, shown: Transcript): KnownSpeaker[] {
  const heard = shown.speakers?.some((speaker) => speaker.id === id);
  if (!heard && /^S\d+$/.test(id))
    throw new AppError('invalid_request', `There is no speaker ${id}; one that is added has another id.`, { field: 'speakers' });
  const others = speakers.filter((speaker) => speaker.id !== id);
  return [...others, { id, name: name?.trim() || null, anchors: anchorsOf(shown, id) }];
}

/** The longest turns of a speaker. */
function anchorsOf({ turns = [] }: Transcript, id: string): KnownSpeaker['anchors'] {
  const own = turns.filter(({ speaker }) => speaker === id).toSorted((a, b) => b.end - b.start - (a.end - a.start));
  return own.slice(0, ANCHORS).map(({ start, end }) => [start, end]);
}

function changeSegment(overlay: Overlay, { start, end, text, speaker }: SegmentChange, shown: Transcript): Overlay {
  const key = keyOf({ start, end });
  if (!shown.segments.some((segment) => keyOf(segment) === key)) {
    throw new AppError('invalid_request', `There is no segment from ${start} to ${end} s.`, { field: 'segments' });
  }
  const before = overlay.segments.find((edit) => keyOf(edit) === key) ?? { start, end };
  const edit: SegmentEdit = {
    start: before.start,
    end: before.end,
    ...given('text', text, before.text),
    ...given('speaker', speaker, before.speaker),
  };
  const others = overlay.segments.filter((one) => one !== before);
  const segments = edit.text === undefined && edit.speaker === undefined ? others : [...others, edit];
  return { ...overlay, segments, speakers: edit.speaker === undefined ? overlay.speakers : withSpeaker(overlay.speakers, edit.speaker, shown) };
}

/** A value given takes the place of the one before; null takes it away. */
function given<Key extends string>(key: Key, value: string | null | undefined, before: string | undefined): { [K in Key]?: string } {
  const now = value === undefined ? before : (value ?? undefined);
  return (now === undefined ? {} : { [key]: now }) as { [K in Key]?: string };
}

/** A speaker that a segment was given to is known from then on. */
function withSpeaker(speakers: readonly KnownSpeaker[], id: string, shown: Transcript): readonly KnownSpeaker[] {
  if (speakers.some((speaker) => speaker.id === id)) return speakers;
  if (!shown.speakers?.some((speaker) => speaker.id === id)) {
    throw new AppError('invalid_request', `There is no speaker ${id}; name the speaker in the same change to add one.`, { field: 'segments' });
  }
  return [...speakers, { id, name: null, anchors: anchorsOf(shown, id) }];
}
