import { type Static, Type } from '@sinclair/typebox';
import { decodingDefaults, decodingOptions } from './decoding-options.ts';
import { speakerDefaults, speakerOptions } from './speaker-options.ts';

/** What may be asked of a transcription. Complete: defaults are applied once, at the door (`resolveOptions`). */
export const TranscribeOptions = Type.Object(
  {
    model: Type.String({ minLength: 1, maxLength: 200, description: 'Model id, for example moonshine-tiny-en.' }),
    language: Type.Union([Type.String({ pattern: '^[a-z]{2,3}$' }), Type.Null()], { description: 'ISO 639-1 code; null = the model decides.' }),
    languageDetection: Type.Union([Type.Literal('recording'), Type.Literal('window')], {
      description: 'Where no language is given: one language for the whole recording, heard in several places, or one for each window of up to 30 s.',
    }),
    task: Type.Union([Type.Literal('transcribe'), Type.Literal('translate')], {
      description: 'transcribe = text in the language spoken; translate = text in English. An error where the model cannot translate.',
    }),
    prompt: Type.String({ maxLength: 4000, description: 'Text in the style and spelling to expect. A model that cannot use it adds a warning.' }),
    glossary: Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
      maxItems: 1000,
      description:
        'Names and terms to expect. Where the model has no room for all of them, each part of the recording is heard again with those that it sounds like.',
    }),
    quality: Type.Union([Type.Literal('standard'), Type.Literal('accurate')], {
      description:
        'accurate searches wider (5 beams): fewer errors in difficult audio for about twice the computing. Without effect on a model that has one way only.',
    }),
    ...decodingOptions,
    wordTimes: Type.Boolean({ description: 'Ask for a time on every word. An error where the model gives none.' }),
    ...speakerOptions,
  },
  { $id: 'TranscribeOptions', additionalProperties: false },
);
export type TranscribeOptions = Static<typeof TranscribeOptions>;

/** The same, as a client may send it. */
export const TranscribeOptionsInput = Type.Partial(TranscribeOptions, { $id: 'TranscribeOptionsInput', additionalProperties: false });
export type TranscribeOptionsInput = Static<typeof TranscribeOptionsInput>;

/** The id of the model that comes with the product. */
export const EMBEDDED_MODEL = 'moonshine-tiny-en';

export const defaultOptions: TranscribeOptions = Object.freeze({
  model: EMBEDDED_MODEL,
  language: null,
  languageDetection: 'recording',
  task: 'transcribe',
  prompt: '',
  glossary: [],
  quality: 'standard',
  ...decodingDefaults,
  wordTimes: false,
  ...speakerDefaults,
});

/** Options as an earlier version stored them: what has come since then has its default. */
export const completeOptions = (stored: TranscribeOptionsInput): TranscribeOptions => ({ ...defaultOptions, ...stored });

/** What a model can do; the same facts for pages, API and checks at the door. */
export const ModelInfo = Type.Object(
  {
    id: Type.String(),
    name: Type.String({ description: 'For people, for example "Moonshine tiny (English)".' }),
    languages: Type.Array(Type.String(), { description: 'ISO 639-1 codes it knows.' }),
    wordTimes: Type.Boolean(),
    prompt: Type.Boolean({ description: 'Whether it can use a prompt and a glossary, a prefix, previous text and a list of suppressed tokens.' }),
    translation: Type.Boolean({ description: 'Whether it can translate into English.' }),
    license: Type.String(),
    default: Type.Boolean(),
  },
  { $id: 'ModelInfo' },
);
export type ModelInfo = Static<typeof ModelInfo>;

/** A model that no worker has yet, and that a remote worker fetches when a task asks for it. */
export const FetchableModel = Type.Composite(
  [ModelInfo, Type.Object({ maxBytes: Type.Integer({ description: 'What it fetches at most, bytes: four for each parameter.' }) })],
  { $id: 'FetchableModel' },
);
export type FetchableModel = Static<typeof FetchableModel>;
