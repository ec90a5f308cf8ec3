/** Corrections of a transcript and of its speakers, as the pages and other clients ask for them. */
import { type Static, Type } from '@sinclair/typebox';
import { speakerOptions } from './speaker-options.ts';
import { Segment, Speaker } from './transcript.ts';

/** S followed by a number is the engine's; a person may add others. */
const SpeakerKey = Type.String({ pattern: '^[A-Za-z0-9_-]{1,40}$' });

const Revision = Type.Integer({ minimum: 0, description: 'The revision that was read: a change to another one is refused as a conflict.' });

export const SpeakerChange = Type.Object(
  {
    id: SpeakerKey,
    name: Type.Union([Type.String({ minLength: 1, maxLength: 200 }), Type.Null()], { description: 'null = without a name again.' }),
  },
  { $id: 'SpeakerChange', additionalProperties: false },
);
export type SpeakerChange = Static<typeof SpeakerChange>;

export const SegmentChange = Type.Object(
  {
    start: Type.Number({ minimum: 0, description: 'With `end`: the segment that is meant, as it was read.' }),
    end: Type.Number({ minimum: 0 }),
    text: Type.Optional(
      Type.Union([Type.String({ maxLength: 20_000 }), Type.Null()], { description: 'null = as the engine heard it; empty = nothing was said.' }),
    ),
    speaker: Type.Optional(Type.Union([SpeakerKey, Type.Null()], { description: 'null = as the engine heard it.' })),
  },
  { $id: 'SegmentChange', additionalProperties: false },
);
export type SegmentChange = Static<typeof SegmentChange>;

/** PATCH /api/tasks/:id/transcript. All of it or nothing. */
export const TranscriptChange = Type.Object(
  {
    revision: Revision,
    speakers: Type.Optional(Type.Array(SpeakerChange, { maxItems: 200, description: 'Names. An id that is not there yet adds a speaker.' })),
    segments: Type.Optional(Type.Array(SegmentChange, { maxItems: 1000 })),
  },
  { $id: 'TranscriptChange', additionalProperties: false },
);
export type TranscriptChange = Static<typeof TranscriptChange>;

const { speakers, minSpeakers, maxSpeakers } = speakerOptions;

/** POST /api/tasks/:id/speakers. Nothing said = found out. */
export const SpeakersRequest = Type.Partial(Type.Object({ speakers, minSpeakers, maxSpeakers }), {
  $id: 'SpeakersRequest',
  additionalProperties: false,
});
export type SpeakersRequest = Static<typeof SpeakersRequest>;

/** What the change made of it. */
export const ChangedTranscript = Type.Object(
  {
    revision: Type.Integer({ minimum: 0 }),
    speakers: Type.Array(Speaker, { description: 'All of them.' }),
    segments: Type.Array(Segment, { description: 'The segments that were named, as they read now.' }),
  },
  { $id: 'ChangedTranscript' },
);
export type ChangedTranscript = Static<typeof ChangedTranscript>;
