/** What is asked of a Whisper model, and what it answers. */

/** Encoder output of a batch of windows, [B, 1500, D] float32: 20 ms a row. */
export interface Hidden {
  readonly windows: number;
  readonly data: Float32Array;
  /** The windows with these indexes, in this order; one may come twice. */
  select(rows: readonly number[]): Hidden;
}

export interface DecodeRequest {
  /** One per window: from startOfPrev or sot up to the last forced token. Lengths may differ. */
  readonly prompts: readonly (readonly number[])[];
  /** OpenAI's timestamp rules; without them the prompt ends with noTimestamps. */
  readonly timestamps: boolean;
  /** 0 = always the most probable token. */
  readonly temperature: number;
  /** Of the draws at a temperature above 0: one for all windows or one per window. The same seed gives a window the same text in any batch. */
  readonly seed?: number | readonly number[];
  /** Unset or 1 = greedy. Looked at where the temperature is 0 alone, as by openai-whisper. */
  readonly beams?: number;
  /** At most so many new tokens (unset: 224), and never more than the context holds. */
  readonly maxTokens?: number;
  /** Only these tokens may come (language detection). */
  readonly only?: readonly number[];
  /** In place of `facts.suppress`. */
  readonly suppress?: readonly number[];
  readonly alignment?: boolean;
  /** In place of `facts.maxInitialTimestamp`, in steps of 0.02 s. */
  readonly maxInitialTimestamp?: number;
  /** One per window, in steps of 0.02 s: the earliest first timestamp (unset: that of 0.00 s). What was said before has its text already. */
  readonly from?: readonly number[];
  /** Beams: the search ends when beams × patience texts have ended (unset: 1). */
  readonly patience?: number;
  /** Beams: Google NMT's exponent; unset or null = rank by mean log-probability. */
  readonly lengthPenalty?: number | null;
}

/** Raw q·K of the alignment heads, [rows, heads, frames]; a frame is 20 ms. */
export interface AlignmentScores {
  readonly scores: Float32Array;
  readonly heads: number;
  readonly frames: number;
}

export interface DecodedRow {
  /** Without prompt and end token. */
  readonly tokens: readonly number[];
  /** One per token, then that of the end token if the text ended. */
  readonly logProbs: readonly number[];
  /** End token included. */
  readonly sumLogProb: number;
  /** sum / (tokens + 1), as OpenAI counts it. */
  readonly avgLogProb: number;
  /** Of the whole window, before any filter; 0 in a model that has no such token. */
  readonly noSpeechProb: number;
  /** One row per entry of `logProbs`: the query that produced that token. Only when asked for. */
  readonly alignment?: AlignmentScores;
}

export interface ForceRequest {
  /** One per window: every token that the decoder is to read. */
  readonly sequences: readonly (readonly number[])[];
  readonly logits?: boolean;
  readonly alignment?: boolean;
}

export interface ForcedRow {
  /** Raw, before any filter: [tokens, vocabulary]; row i says what may follow token i. */
  readonly logits?: Float32Array;
  /** Row i is the query of token i. */
  readonly alignment?: AlignmentScores;
}
