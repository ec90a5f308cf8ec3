/** The recogniser's role: windows of speech become text. */
import type { Fallback, ModelInfo, Provenance, SegmentDecoding, Warning } from '@bulk-transcribe/protocol';
import type { SpeechWindow, WindowPolicy } from '../vad/pack-windows.ts';
import type { Span } from '../vad/span-tracker.ts';

export interface RecognisedWord extends Span {
  readonly text: string;
  /** 0…1. */
  readonly confidence: number;
}

/** Text whose time the model itself knows; samples from the start of the recording. */
export interface RecognisedSegment extends Span {
  readonly text: string;
  readonly avgLogProb: number;
  readonly words?: readonly RecognisedWord[];
  readonly decoding?: SegmentDecoding;
}

/** What the recogniser made of one window. Hangs on nothing but the window (and the text before it, where that was asked for), so that it may be kept and used again. */
export interface Recognition {
  readonly text: string;
  /** Mean natural-log probability of the tokens, end token included. */
  readonly avgLogProb: number;
  /** The text ran in a circle and was cut there. */
  readonly loopCut: boolean;
  /** Only from a model that gives times; together they are the text. */
  readonly segments?: readonly RecognisedSegment[];
  /** ISO 639-1, where the model heard or was told it. */
  readonly language?: string | null;
  /** What a reader should know of the window, from a model that looks itself for speech without text, loops and the like. */
  readonly findings?: readonly Warning[];
}

export interface Recogniser {
  readonly info: ModelInfo;
  readonly files: Provenance['model']['files'];
  readonly device: Provenance['device'];
  /** Of the GPU that computes. */
  readonly deviceName?: string | null;
  /** How the weights are kept. */
  readonly precision?: string;
  /** What could not be used, and what was instead; read when the recording is done. */
  readonly fallbacks?: readonly Fallback[];
  readonly threads: number;
  readonly windows: WindowPolicy;
  /** Windows that are best recognised together. */
  readonly batchSize: number;
  /** What a reader should know of the whole recording, known beforehand. */
  readonly warnings?: readonly Warning[];
  /** One answer per window, in the same order. */
  readonly recognise: (windows: readonly SpeechWindow[], signal: AbortSignal) => Promise<readonly Recognition[]>;
  /** The recording is over: what was kept for it may go. */
  readonly close?: () => void;
}
