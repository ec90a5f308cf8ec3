/** What a Whisper checkpoint says about itself. Every token number comes from its files: fine-tunes and test models have others. */

export interface SpecialTokens {
  /** Start of transcript. */
  readonly sot: number;
  /** End of transcript. */
  readonly eot: number;
  readonly transcribe: number | null;
  readonly translate: number | null;
  /** Opens text that came before: previous windows, or a prompt. */
  readonly startOfPrev: number;
  readonly startOfLm: number | null;
  readonly noSpeech: number | null;
  readonly noTimestamps: number;
  /** The token of 0.00 s; the next ones follow in steps of 0.02 s. */
  readonly timestampBegin: number;
  /** Whisper's code ("en", "yue") → token; empty in an English-only model. */
  readonly languages: ReadonlyMap<string, number>;
}

export interface WhisperFacts {
  readonly multilingual: boolean;
  /** Bands of the log-mel spectrogram: 80, or 128 from large-v3 on. */
  readonly mels: number;
  /** Tokens that the decoder can write. */
  readonly vocabulary: number;
  /** Tokens of prompt and text together (448). */
  readonly contextTokens: number;
  readonly tokens: SpecialTokens;
  /** Tokens that never come: those of the generation config and every special token that is no text, language or end. */
  readonly suppress: readonly number[];
  /** Those of them that are no text at all, whatever anybody asks for. */
  readonly neverText: readonly number[];
  /** Tokens that may not come first, beside `suppress`. */
  readonly suppressFirst: readonly number[];
  /** Decoder heads that follow the sound, by layer and head. */
  readonly alignmentHeads: readonly (readonly [layer: number, head: number])[];
  /** The latest first timestamp, in steps of 0.02 s. */
  readonly maxInitialTimestamp: number;
  /** Path of tokenizer.json. */
  readonly tokenizerFile: string;
  readonly files: readonly { readonly name: string; readonly sha256: string }[];
}
