/**
 * What people have made of a transcript, over what the engine heard. The engine's transcript is never changed: the overlay is
 * laid over it whenever it is read, and stays when the voices are told apart anew.
 */
import type { Provenance } from '@bulk-transcribe/protocol';
import type { SpeakerLabels } from '@bulk-transcribe/speech/speakers';

/** A speaker that a person has named, added, or given a segment to. */
export interface KnownSpeaker {
  readonly id: string;
  readonly name: string | null;
  /** Where the voice was heard when the person spoke of it: finds it again when voices are told apart anew. [start, end] in seconds. */
  readonly anchors: readonly (readonly [number, number])[];
}

export interface SegmentEdit {
  /** Seconds: with `end`, the segment that was changed. Edits never overlap. */
  readonly start: number;
  readonly end: number;
  readonly text?: string;
  readonly speaker?: string;
}

export interface Overlay {
  /** Another way to tell the voices apart than the engine's first. */
  readonly labelling: SpeakerLabels | null;
  /** How the voices were heard, where that was after the transcript was made. */
  readonly heard?: Required<Pick<Provenance, 'steps' | 'fallbacks'>>;
  readonly speakers: readonly KnownSpeaker[];
  readonly segments: readonly SegmentEdit[];
}

export const noOverlay: Overlay = Object.freeze({ labelling: null, speakers: [], segments: [] });
