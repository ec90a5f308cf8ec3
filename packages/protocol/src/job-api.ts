/**
 * What a pulled job asks for and is answered: the fields of RunPod's own faster-whisper worker (its rp_schema.py and predict.py), so that
 * its clients move over unchanged, and ours beside them.
 */
import { type Static, Type } from '@sinclair/typebox';
import { ExportFormat } from './controller-api.ts';
import { decodingOptions } from './decoding-options.ts';
import { TranscribeOptionsInput } from './options.ts';
import { Transcript } from './transcript.ts';

/** As RunPod's worker names them: segments joined by blanks, one on each line, SubRip, WebVTT. */
export const jobTextFormats = ['plain_text', 'formatted_text', 'srt', 'vtt'] as const;
const JobTextFormat = Type.Union(jobTextFormats.map((format) => Type.Literal(format)));
export type JobTextFormat = Static<typeof JobTextFormat>;

const or = (schema: ReturnType<typeof Type.String>) => Type.Optional(Type.Union([schema, Type.Null()]));

export const JobInput = Type.Object(
  {
    audio: or(Type.String({ maxLength: 8192, description: 'https address of the recording.' })),
    audio_base64: or(Type.String({ description: 'The recording itself.' })),
    audio_key: or(Type.String({ minLength: 1, maxLength: 1024, description: 'Key of the recording in the bucket.' })),
    model: or(Type.String({ minLength: 1, maxLength: 200 })),
    language: or(Type.String({ maxLength: 20 })),
    transcription: Type.Optional(JobTextFormat),
    translate: Type.Optional(Type.Boolean({ description: 'Also translate into English.' })),
    translation: Type.Optional(JobTextFormat),
    temperature: Type.Optional(decodingOptions.temperature),
    best_of: Type.Optional(decodingOptions.bestOf),
    beam_size: Type.Optional(decodingOptions.beamSize),
    patience: Type.Optional(decodingOptions.patience),
    length_penalty: Type.Optional(decodingOptions.lengthPenalty),
    suppress_tokens: Type.Optional(
      Type.Union([Type.String({ pattern: '^ *(-1|\\d+)( *, *(-1|\\d+))* *$|^$' }), Type.Null()], {
        description: 'Ids of tokens, separated by commas.',
      }),
    ),
    initial_prompt: or(Type.String({ maxLength: 4000 })),
    condition_on_previous_text: Type.Optional(Type.Boolean()),
    temperature_increment_on_fallback: Type.Optional(decodingOptions.temperatureIncrement),
    compression_ratio_threshold: Type.Optional(decodingOptions.compressionRatioThreshold),
    logprob_threshold: Type.Optional(decodingOptions.logProbThreshold),
    no_speech_threshold: Type.Optional(decodingOptions.noSpeechThreshold),
    enable_vad: Type.Optional(Type.Boolean({ description: 'Taken either way: speech is always found first here.' })),
    word_timestamps: Type.Optional(Type.Boolean()),
    options: Type.Optional(TranscribeOptionsInput),
    formats: Type.Optional(Type.Array(ExportFormat, { description: 'Which files of the transcript are stored. Left out: all.' })),
    stream: Type.Optional(Type.Boolean({ description: 'Also send each finished window as a part of the stream.' })),
  },
  { $id: 'JobInput', additionalProperties: false },
);
export type JobInput = Static<typeof JobInput>;

/** Where the results of one job go, as RunPod's endpoints pass it on beside `input`. */
export const JobS3Config = Type.Object(
  {
    accessId: Type.String({ minLength: 1, maxLength: 512 }),
    accessSecret: Type.String({ minLength: 1, maxLength: 512 }),
    bucketName: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]$' }),
    endpointUrl: Type.String({ minLength: 1, maxLength: 2048 }),
  },
  { $id: 'JobS3Config' },
);
export type JobS3Config = Static<typeof JobS3Config>;

/** Null where the model does not tell. Times in seconds; `seek` in frames of 10 ms, as Whisper counts. */
const JobSegment = Type.Object({
  id: Type.Integer(),
  seek: Type.Integer(),
  start: Type.Number(),
  end: Type.Number(),
  text: Type.String(),
  tokens: Type.Union([Type.Array(Type.Integer()), Type.Null()]),
  temperature: Type.Union([Type.Number(), Type.Null()]),
  avg_logprob: Type.Number(),
  compression_ratio: Type.Union([Type.Number(), Type.Null()]),
  no_speech_prob: Type.Union([Type.Number(), Type.Null()]),
});
export type JobSegment = Static<typeof JobSegment>;

export const JobOutput = Type.Object(
  {
    segments: Type.Array(JobSegment),
    detected_language: Type.Union([Type.String(), Type.Null()]),
    transcription: Type.String(),
    translation: Type.Union([Type.String(), Type.Null()]),
    device: Type.String(),
    model: Type.String(),
    word_timestamps: Type.Optional(Type.Array(Type.Object({ word: Type.String(), start: Type.Number(), end: Type.Number() }))),
    transcript: Type.Optional(Transcript),
    links: Type.Optional(
      Type.Record(Type.String(), Type.String(), {
        description:
          'Links to the files of the transcript by format, good for seven days; those of a translation as translation.srt and so on. Where the result is too large to be sent, it lies behind them alone.',
      }),
    ),
    links_error: Type.Optional(Type.String({ description: 'Why there are no links although there is a bucket.' })),
  },
  { $id: 'JobOutput' },
);
export type JobOutput = Static<typeof JobOutput>;
