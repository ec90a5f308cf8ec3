/** A Whisper checkpoint that is ready to compute: windows of audio become hidden states, hidden states become tokens. */

export interface SpecialTokens {
  readonly sot: number;
  readonly eot: number;
  readonly transcribe: number | null;
  readonly translate: number | null;
  readonly startOfPrev: number;
  readonly startOfLm: number | null;
  readonly noSpeech: number | null;
  readonly noTimestamps: number;
  readonly timestampBegin: number;
  /** Whisper code ("en", "yue") → id; empty in an .en model. */
  readonly languages: ReadonlyMap<string, number>;
}

export interface WhisperFacts {
  readonly multilingual: boolean;
  readonly mels: number;
  readonly vocabulary: number;
  /** 448 in every published checkpoint. */
  readonly contextTokens: number;
  readonly tokens: SpecialTokens;
  readonly suppress: readonly number[];
  readonly suppressFirst: readonly number[];
  readonly alignmentHeads: readonly (readonly [layer: number, head: number])[];
  /** Steps of 0.02 s. */
  readonly maxInitialTimestamp: number;
  readonly tokenizerFile: string;
  readonly files: readonly { readonly name: string; readonly sha256: string }[];
}

/** Hidden states of a batch of windows, [B, 1500, D] float32. */
export interface Hidden {
  readonly windows: number;
  readonly data: Float32Array;
  select(rows: readonly number[]): Hidden;
}

export interface DecodeRequest {
  /** One per window, from startOfPrev or sot up to the last forced token. */
  readonly prompts: readonly (readonly number[])[];
  readonly timestamps: boolean;
  readonly temperature: number;
  readonly seed?: number;
  /** 1 = greedy. */
  readonly beams?: number;
  readonly maxTokens?: number;
  /** Only these ids may come (language detection). */
  readonly only?: readonly number[];
  /** In place of facts.suppress. */
  readonly suppress?: readonly number[];
  readonly alignment?: boolean;
  readonly maxInitialTimestamp?: number;
  readonly patience?: number;
  readonly lengthPenalty?: number;
}

export interface DecodedRow {
  /** Without prompt and eot. */
  readonly tokens: readonly number[];
  /** One per token, then eot's if it ended. */
  readonly logProbs: readonly number[];
  /** Eot included. */
  readonly sumLogProb: number;
  /** sum / (tokens + 1). */
  readonly avgLogProb: number;
  readonly noSpeechProb: number;
  /** Raw q·K of the alignment heads for each token, [tokens (+ eot), heads, 1500]; only when asked. */
  readonly alignment?: { readonly scores: Float32Array; readonly heads: number; readonly frames: number };
}

export interface WhisperModel {
  readonly facts: WhisperFacts;
  readonly device: 'cpu' | 'cuda';
  readonly precision: string;
  readonly threads: number;
  /** 16 kHz mono, ≤ 30 s each; shorter ones are padded with zeros before the log-mel. */
  encode(windows: readonly Float32Array[]): Promise<Hidden>;
  decode(hidden: Hidden, request: DecodeRequest): Promise<DecodedRow[]>;
  release(): Promise<void>;
}
