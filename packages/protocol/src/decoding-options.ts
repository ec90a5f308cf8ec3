/** How a model that writes token by token is to do it: names, meanings and defaults as in OpenAI's Whisper, except where a description says so. */
import { Type } from '@sinclair/typebox';

/** The model's own list of tokens that are no speech: brackets, notes of music and the like. */
export const OWN_SUPPRESSED_TOKENS = -1;

const ONE_WAY = 'Without effect on a model that has one way only.';

export const decodingOptions = {
  beamSize: Type.Union([Type.Integer({ minimum: 1, maximum: 10 }), Type.Null()], {
    description: `How many texts are followed at once, at temperature 0; 1 = only the most probable one. null = as the quality says: 1, or 5. ${ONE_WAY}`,
  }),
  bestOf: Type.Union([Type.Integer({ minimum: 1, maximum: 10 }), Type.Null()], {
    description: `How many texts are sampled at a temperature above 0; the most probable one is kept. null = as the quality says: 1, or 5. ${ONE_WAY}`,
  }),
  patience: Type.Number({
    exclusiveMinimum: 0,
    maximum: 10,
    description: `Beams: the search ends when beamSize × patience texts have ended. ${ONE_WAY}`,
  }),
  lengthPenalty: Type.Union([Type.Number({ minimum: 0, maximum: 1 }), Type.Null()], {
    description: `Of several texts, which is best: log-probability / ((5 + tokens) / 6) ^ lengthPenalty. null = mean log-probability of the tokens. ${ONE_WAY}`,
  }),
  temperature: Type.Number({ minimum: 0, maximum: 1, description: 'Sampling temperature. 0 = the most probable text.' }),
  temperatureFallback: Type.Boolean({
    description: 'Whether a window whose text repeats itself or is improbable is decoded again, at rising temperatures.',
  }),
  temperatureIncrement: Type.Union([Type.Number({ minimum: 0, maximum: 1 }), Type.Null()], {
    description: 'By how much the temperature rises from one fall-back to the next, up to 1. null or 0 = no fall-back.',
  }),
  compressionRatioThreshold: Type.Union([Type.Number({ minimum: 0 }), Type.Null()], {
    description: 'A text with more bytes per byte after compression repeats itself: it is decoded again, or cut. null = not looked at.',
  }),
  logProbThreshold: Type.Union([Type.Number({ maximum: 0 }), Type.Null()], {
    description: 'A text with a lower mean log-probability is improbable: it is decoded again. null = not looked at.',
  }),
  noSpeechThreshold: Type.Union([Type.Number({ minimum: 0, maximum: 1 }), Type.Null()], {
    description: 'An improbable text of a window whose probability of no speech is higher is left out. null = not looked at.',
  }),
  suppressTokens: Type.Array(Type.Integer({ minimum: OWN_SUPPRESSED_TOKENS }), {
    maxItems: 1000,
    description: `Ids of tokens that may not be written. ${OWN_SUPPRESSED_TOKENS} = the model's own list; an empty list allows all that is text. An error where the model cannot.`,
  }),
  prefix: Type.String({
    maxLength: 1000,
    description:
      'What is said first in the recording: its text begins with it, and the first window (up to 30 s), which then is one segment, goes on from it. An error where the model cannot.',
  }),
  conditionOnPreviousText: Type.Boolean({
    description:
      'Whether each window is told the text of those before it: more of one piece, but errors and loops spread. Windows are then decoded one after the other, which is slower. An error where the model cannot.',
  }),
  withoutTimestamps: Type.Boolean({
    description:
      'Whether the model writes text alone: a window (up to 30 s) is one segment then, trimmed to the speech in it. Windows of a model that gives no times are as they are.',
  }),
};

export const decodingDefaults = {
  beamSize: null,
  bestOf: null,
  patience: 1,
  lengthPenalty: null,
  temperature: 0,
  temperatureFallback: true,
  temperatureIncrement: 0.2,
  compressionRatioThreshold: 2.4,
  logProbThreshold: -1,
  noSpeechThreshold: 0.6,
  suppressTokens: [OWN_SUPPRESSED_TOKENS],
  prefix: '',
  conditionOnPreviousText: false,
  withoutTimestamps: false,
};
