/**
 * The OpenAI-compatible part: names, defaults and shapes of POST /v1/audio/transcriptions, /translations and GET /v1/models.
 * Source: OpenAI API reference, "Audio" and "Models".
 */
import { type Static, Type } from '@sinclair/typebox';

/** OpenAI's own model names mean "your default model" here, so that existing clients work unchanged. */
export const openAiModelAliases = ['whisper-1', 'gpt-4o-transcribe', 'gpt-4o-mini-transcribe', 'gpt-4o-transcribe-diarize'] as const;

export const openAiResponseFormats = ['json', 'text', 'srt', 'verbose_json', 'vtt', 'diarized_json'] as const;
export type OpenAiResponseFormat = (typeof openAiResponseFormats)[number];

export const OpenAiError = Type.Object(
  {
    error: Type.Object({
      message: Type.String(),
      type: Type.String({ description: 'invalid_request_error, server_error, …' }),
      param: Type.Union([Type.String(), Type.Null()]),
      code: Type.Union([Type.String(), Type.Null()], { description: "A code of this product's closed list." }),
    }),
  },
  { $id: 'OpenAiError' },
);
export type OpenAiError = Static<typeof OpenAiError>;

/** response_format=json. `warnings` is ours. */
export const OpenAiTranscription = Type.Object(
  { text: Type.String(), warnings: Type.Optional(Type.Array(Type.String())) },
  { $id: 'OpenAiTranscription' },
);
export type OpenAiTranscription = Static<typeof OpenAiTranscription>;

export const OpenAiSegment = Type.Object(
  {
    id: Type.Integer(),
    seek: Type.Integer(),
    start: Type.Number(),
    end: Type.Number(),
    text: Type.String(),
    tokens: Type.Array(Type.Integer()),
    temperature: Type.Number(),
    avg_logprob: Type.Number(),
    compression_ratio: Type.Number(),
    no_speech_prob: Type.Number(),
  },
  { $id: 'OpenAiSegment' },
);
export type OpenAiSegment = Static<typeof OpenAiSegment>;

/** response_format=verbose_json. */
export const OpenAiVerboseTranscription = Type.Object(
  {
    task: Type.Union([Type.Literal('transcribe'), Type.Literal('translate')]),
    language: Type.String({ description: 'English name of the language in lower case, as OpenAI gives it.' }),
    duration: Type.Number(),
    text: Type.String(),
    segments: Type.Optional(Type.Array(OpenAiSegment)),
    words: Type.Optional(Type.Array(Type.Object({ word: Type.String(), start: Type.Number(), end: Type.Number() }))),
    warnings: Type.Optional(Type.Array(Type.String())),
  },
  { $id: 'OpenAiVerboseTranscription' },
);
export type OpenAiVerboseTranscription = Static<typeof OpenAiVerboseTranscription>;

export const OpenAiDiarizedSegment = Type.Object(
  {
    type: Type.Literal('transcript.text.segment'),
    id: Type.String(),
    start: Type.Number(),
    end: Type.Number(),
    text: Type.String(),
    speaker: Type.String({
      description: 'A name of `known_speaker_names[]`, else A, B, … by first appearance; unknown where nobody was told apart.',
    }),
  },
  { $id: 'OpenAiDiarizedSegment' },
);
export type OpenAiDiarizedSegment = Static<typeof OpenAiDiarizedSegment>;

/** response_format=diarized_json. */
export const OpenAiDiarizedTranscription = Type.Object(
  {
    task: Type.Literal('transcribe'),
    duration: Type.Number(),
    text: Type.String(),
    segments: Type.Array(OpenAiDiarizedSegment),
    usage: Type.Object({ type: Type.Literal('duration'), seconds: Type.Number() }),
    warnings: Type.Optional(Type.Array(Type.String())),
  },
  { $id: 'OpenAiDiarizedTranscription' },
);
export type OpenAiDiarizedTranscription = Static<typeof OpenAiDiarizedTranscription>;

export const OpenAiModel = Type.Object(
  { id: Type.String(), object: Type.Literal('model'), created: Type.Integer(), owned_by: Type.String() },
  { $id: 'OpenAiModel' },
);
export const OpenAiModelList = Type.Object({ object: Type.Literal('list'), data: Type.Array(OpenAiModel) }, { $id: 'OpenAiModelList' });
export type OpenAiModelList = Static<typeof OpenAiModelList>;
