/** The options of a transcription as the decoder takes them. */
import { AppError, OWN_SUPPRESSED_TOKENS, type TranscribeOptions } from '@bulk-transcribe/protocol';
import type { Thresholds } from './decode/attempt.ts';
import { type Context, contextOf, contextRoom } from './prompt.ts';
import type { Tokenizer } from './tokenizer/tokenizer.ts';
import type { WhisperFacts, WhisperModel } from './whisper-model.ts';

/** What does not change while a recording is decoded. */
export interface DecodeSetup {
  readonly model: WhisperModel;
  readonly tokenizer: Tokenizer;
  readonly context: Context;
  /** Terms that the context has no room for: those that a window sounds like are told to it. */
  readonly glossary: readonly string[];
  /** Tokens that a context may have. */
  readonly room: number;
  readonly task: 'transcribe' | 'translate';
  readonly beams: number;
  /** Texts sampled at a temperature above 0. */
  readonly bestOf: number;
  readonly patience: number;
  readonly lengthPenalty: number | null;
  readonly temperature: number;
  /** Of the temperature at each fall-back; 0 = there is none. */
  readonly increment: number;
  readonly thresholds: Thresholds;
  /** Tokens that may not come. */
  readonly suppress: readonly number[];
  readonly timestamps: boolean;
  /** Tokens that every text begins with; only without timestamps, which would have to come first. */
  readonly prefix: readonly number[];
  readonly wordTimes: boolean;
}

/** Beams, or samples at a temperature, of the quality `accurate`. */
const ACCURATE = 5;

/** Throws invalid_request where the model has no such token. */
export function decodeSetup({ model, tokenizer }: Pick<DecodeSetup, 'model' | 'tokenizer'>, options: TranscribeOptions): DecodeSetup {
  const usual = options.quality === 'accurate' ? ACCURATE : 1;
  const all = contextRoom(model.facts);
  // Half of the room is for the text before, if there is any.
  const room = options.conditionOnPreviousText ? Math.floor(all / 2) : all;
  return {
    model,
    tokenizer,
    ...contextOf(options, { tokenizer, room }),
    room: all,
    task: options.task,
    beams: options.beamSize ?? usual,
    bestOf: options.bestOf ?? usual,
    patience: options.patience,
    lengthPenalty: options.lengthPenalty,
    temperature: options.temperature,
    increment: options.temperatureFallback ? (options.temperatureIncrement ?? 0) : 0,
    thresholds: { compressionRatio: options.compressionRatioThreshold, logProb: options.logProbThreshold, noSpeech: options.noSpeechThreshold },
    suppress: suppressed(options.suppressTokens, model.facts),
    timestamps: !options.withoutTimestamps,
    prefix: [],
    wordTimes: options.wordTimes,
  };
}

function suppressed(ids: readonly number[], { suppress, neverText, vocabulary }: WhisperFacts): number[] {
  const unknown = ids.find((id) => id >= vocabulary);
  if (unknown !== undefined) {
    throw new AppError('invalid_request', `The model has no token ${unknown}, only 0 to ${vocabulary - 1}.`, { field: 'suppressTokens' });
  }
  const own = ids.includes(OWN_SUPPRESSED_TOKENS) ? suppress : neverText;
  return [...new Set([...own, ...ids.filter((id) => id !== OWN_SUPPRESSED_TOKENS)])];
}
