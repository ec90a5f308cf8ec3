import { type Static, Type } from '@sinclair/typebox';
import { Sha256, Timestamp } from './ids.ts';

const Seconds = (description: string) => Type.Number({ minimum: 0, description: `Seconds from the start of the recording. ${description}` });

const SpeakerId = Type.String({ description: 'Id of one of `speakers`.' });

export const Word = Type.Object(
  {
    start: Seconds('Start of the word.'),
    end: Seconds('End of the word.'),
    text: Type.String({ description: 'The word with its punctuation, without surrounding blanks.' }),
    confidence: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
    speaker: Type.Optional(SpeakerId),
    otherSpeaker: Type.Optional(Type.String({ description: 'Who speaks at the same time, where two do.' })),
  },
  { $id: 'Word' },
);
export type Word = Static<typeof Word>;

export const Segment = Type.Object(
  {
    start: Seconds('Start of the segment.'),
    end: Seconds('End of the segment.'),
    text: Type.String(),
    avgLogProb: Type.Number({ description: 'Mean natural-log probability of the tokens of the window, end token included.' }),
    speaker: Type.Optional(SpeakerId),
    continues: Type.Optional(Type.Boolean({ description: 'Goes on with the segment before, which was cut here because another person speaks.' })),
    corrected: Type.Optional(Type.Boolean({ description: 'A person has changed its text or speaker.' })),
    words: Type.Optional(Type.Array(Word, { description: 'Only where the model gives word times.' })),
    tokens: Type.Optional(
      Type.Array(Type.Integer({ minimum: 0 }), { description: 'Ids of its tokens, timestamps among them. This and the rest: only from Whisper.' }),
    ),
    temperature: Type.Optional(
      Type.Number({ minimum: 0, description: 'At which its window was decoded: above the one asked for after a fall-back.' }),
    ),
    compressionRatio: Type.Optional(Type.Number({ minimum: 0, description: 'Bytes of the text of its window per byte after compression.' })),
    noSpeechProb: Type.Optional(Type.Number({ minimum: 0, maximum: 1, description: 'That nothing is said in its window, by the model.' })),
    seek: Type.Optional(
      Type.Integer({ minimum: 0, description: 'Where the audio begins that was decoded, in frames of 10 ms from the start of the recording.' }),
    ),
  },
  { $id: 'Segment' },
);
export type Segment = Static<typeof Segment>;

/** What a segment says of its decoding. */
export type SegmentDecoding = Required<Pick<Segment, 'tokens' | 'temperature' | 'compressionRatio' | 'noSpeechProb' | 'seek'>>;

/** What a reader of the transcript should know; a closed list of codes, texts for people. */
export const warningCodes = [
  'prompt_ignored',
  'prompt_shortened',
  'temperature_ignored',
  'maybe_other_language',
  'language_changed',
  'loop_cut',
  'speech_without_text',
  'text_over_silence',
  'uncertain_text',
  'noise_left_out',
  'no_speech',
  'diarization_failed',
  'other_speaker_count',
  'media_damaged',
  'fell_back',
] as const;
export const Warning = Type.Object(
  {
    code: Type.Union(warningCodes.map((code) => Type.Literal(code))),
    message: Type.String(),
    start: Type.Optional(Seconds('Where it begins, if it concerns a place.')),
    end: Type.Optional(Seconds('Where it ends.')),
  },
  { $id: 'Warning' },
);
export type Warning = Static<typeof Warning>;

/** Wall and CPU time of one step, all windows together. */
export const StepTime = Type.Object(
  { step: Type.String({ description: 'decode, vad, recognise, …' }), wallMs: Type.Number(), cpuMs: Type.Optional(Type.Number()) },
  { $id: 'StepTime' },
);
export type StepTime = Static<typeof StepTime>;

/** Where a task computes, in words a person understands. */
export const TaskWorker = Type.Object(
  {
    name: Type.String({ description: 'local, or the name of the pod.' }),
    device: Type.String({ description: 'cpu or cuda' }),
    remote: Type.Optional(Type.Boolean({ description: 'On another machine than the controller.' })),
    gpuName: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    why: Type.Optional(Type.String({ description: 'Why there and not on a remote worker, where one was to be used, for people.' })),
  },
  { $id: 'TaskWorker' },
);
export type TaskWorker = Static<typeof TaskWorker>;

/** Something did not fit or did not work, and the engine went on with less. */
export const Fallback = Type.Object(
  {
    what: Type.Union([Type.Literal('device'), Type.Literal('batch'), Type.Literal('precision')]),
    from: Type.String({ description: 'What was to be used.' }),
    to: Type.String({ description: 'What was used instead.' }),
    reason: Type.String(),
  },
  { $id: 'Fallback' },
);
export type Fallback = Static<typeof Fallback>;

/** How the transcript was made. */
export const Provenance = Type.Object(
  {
    engine: Type.String({ description: 'Name and version of the engine.' }),
    model: Type.Object({
      id: Type.String(),
      files: Type.Array(Type.Object({ name: Type.String(), sha256: Sha256 })),
    }),
    device: Type.Union([Type.Literal('cpu'), Type.Literal('cuda')], { description: 'The device that really computed.' }),
    deviceName: Type.Optional(Type.String({ description: 'Name of the GPU that computed.' })),
    precision: Type.Optional(Type.String({ description: 'How the weights of the model were kept.' })),
    fallbacks: Type.Optional(Type.Array(Fallback, { description: 'Only where there were some, in order.' })),
    threads: Type.Integer({ minimum: 1 }),
    decoder: Type.String({ description: 'What decoded the media: ffmpeg or node-av, with version.' }),
    startedAt: Timestamp,
    finishedAt: Timestamp,
    steps: Type.Array(StepTime),
    windows: Type.Optional(
      Type.Object(
        { total: Type.Integer({ minimum: 0 }), takenOver: Type.Integer({ minimum: 0 }) },
        { description: 'Windows of the recording, and how many of them an earlier attempt had finished: times and speed are those of the rest.' },
      ),
    ),
    timesRealTime: Type.Number({ description: 'Seconds of recording per second of wall time, all steps.' }),
    place: Type.Optional(TaskWorker),
  },
  { $id: 'Provenance' },
);
export type Provenance = Static<typeof Provenance>;

/** How loud the recording is over its length, for a picture of it. */
export const Outline = Type.Object(
  {
    secPerPeak: Type.Number({ exclusiveMinimum: 0, description: 'Length of recording that one peak stands for, seconds.' }),
    peaks: Type.String({
      maxLength: 8192,
      description: 'Base64 of one byte per peak, in order: 255 × the square root of the largest absolute sample, which is 1 at most.',
    }),
  },
  { $id: 'Outline' },
);
export type Outline = Static<typeof Outline>;
/** A voice of this recording. */
export const Speaker = Type.Object(
  {
    id: Type.String({ minLength: 1, maxLength: 40, description: 'S1, S2, … in order of first appearance; another one where a person added it.' }),
    name: Type.Union([Type.String(), Type.Null()], { description: 'Given by a person.' }),
    seconds: Type.Number({ minimum: 0, description: 'Speaking time.' }),
  },
  { $id: 'Speaker' },
);
export type Speaker = Static<typeof Speaker>;

export const SpeakerTurn = Type.Object(
  { speaker: SpeakerId, start: Seconds('Start of the turn.'), end: Seconds('End of the turn.') },
  { $id: 'SpeakerTurn' },
);
export type SpeakerTurn = Static<typeof SpeakerTurn>;

export const Transcript = Type.Object(
  {
    version: Type.Literal(1),
    language: Type.Union([Type.String(), Type.Null()]),
    durationSec: Type.Number({ minimum: 0, description: 'Decoded length of the recording.' }),
    speechSec: Type.Number({ minimum: 0, description: 'Length of all windows in which speech was found.' }),
    segments: Type.Array(Segment),
    speakers: Type.Optional(Type.Array(Speaker, { description: 'Only where voices were told apart.' })),
    turns: Type.Optional(Type.Array(SpeakerTurn, { description: 'Who speaks when, by start; turns of two speakers may overlap.' })),
    revision: Type.Optional(
      Type.Integer({ minimum: 0, description: 'Counts up with every change by a person. 0, or left out = as the engine made it.' }),
    ),
    warnings: Type.Array(Warning),
    provenance: Provenance,
    outline: Type.Optional(Outline),
  },
  { $id: 'Transcript' },
);
export type Transcript = Static<typeof Transcript>;

/** The whole text, segments joined by blanks. */
export const transcriptText = (transcript: Pick<Transcript, 'segments'>): string =>
  transcript.segments
    .map((segment) => segment.text)
    .filter(Boolean)
    .join(' ');

/** A speaker for people: the name given, else "Speaker 2" for S2, else the id. */
export function speakerName({ speakers }: Pick<Transcript, 'speakers'>, id: string): string {
  const name = speakers?.find((speaker) => speaker.id === id)?.name;
  return name ?? id.replace(/^S(?=\d+$)/, 'Speaker ');
}

/** A pause of this length begins a new paragraph. Seconds. */
const PARAGRAPH_PAUSE = 2;

/** Whether a segment begins a paragraph, as texts are read and exported: at a change of speaker, after a long pause, and as the first. */
export const opensParagraph = (segment: Segment, before: Segment | undefined): boolean =>
  before === undefined || before.speaker !== segment.speaker || segment.start - before.end >= PARAGRAPH_PAUSE;
