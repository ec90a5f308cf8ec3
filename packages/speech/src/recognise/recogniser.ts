/** The recogniser's role: windows of speech become text. */
import type { ModelInfo, Provenance, Word } from '@bulk-transcribe/protocol';
import type { SpeechWindow, WindowPolicy } from '../vad/pack-windows.ts';

/** What the recogniser made of one window. */
export interface Recognition {
  readonly text: string;
  /** Mean natural-log probability of the tokens, end token included. */
  readonly avgLogProb: number;
  /** The text ran in a circle and was cut there. */
  readonly loopCut: boolean;
  /** Only from a model that gives word times; seconds from the start of the window. */
  readonly words?: readonly Word[];
}

export interface Recogniser {
  readonly info: ModelInfo;
  readonly files: Provenance['model']['files'];
  readonly device: Provenance['device'];
  readonly threads: number;
  readonly windows: WindowPolicy;
  /** Windows that are best recognised together. */
  readonly batchSize: number;
  /** One answer per window, in the same order. */
  readonly recognise: (windows: readonly SpeechWindow[], signal: AbortSignal) => Promise<readonly Recognition[]>;
}
