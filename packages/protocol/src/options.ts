import { type Static, Type } from '@sinclair/typebox';

/** What may be asked of a transcription. Complete: defaults are applied once, at the door (`resolveOptions`). */
export const TranscribeOptions = Type.Object(
  {
    model: Type.String({ minLength: 1, maxLength: 200, description: 'Model id, for example moonshine-tiny-en.' }),
    language: Type.Union([Type.String({ pattern: '^[a-z]{2,3}$' }), Type.Null()], { description: 'ISO 639-1 code; null = the model decides.' }),
    prompt: Type.String({ maxLength: 4000, description: 'Names and terms to expect. A model that cannot use it adds a warning.' }),
    temperature: Type.Number({ minimum: 0, maximum: 1, description: 'Sampling temperature. 0 = the most probable text.' }),
    wordTimes: Type.Boolean({ description: 'Ask for a time on every word. An error where the model gives none.' }),
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
  prompt: '',
  temperature: 0,
  wordTimes: false,
});

/** What a model can do; the same facts for pages, API and checks at the door. */
export const ModelInfo = Type.Object(
  {
    id: Type.String(),
    name: Type.String({ description: 'For people, for example "Moonshine tiny (English)".' }),
    languages: Type.Array(Type.String(), { description: 'ISO 639-1 codes it knows.' }),
    wordTimes: Type.Boolean(),
    prompt: Type.Boolean({ description: 'Whether it can use a prompt.' }),
    license: Type.String(),
    default: Type.Boolean(),
  },
  { $id: 'ModelInfo' },
);
export type ModelInfo = Static<typeof ModelInfo>;
