/** What the engine's owner and its child process say to each other. */
import type { ErrorCode, TranscribeOptions, Transcript, WindowResult } from '@bulk-transcribe/protocol';
import type { EngineInfo, RecordingFile, SpeechEvent } from '../engine.ts';
import type { TranscriberOptions } from '../transcriber.ts';

/**
 * First one `load`, then any of the others; several recordings may be on their way at once. A recording that is alone is cancelled by
 * killing the child; `cancel` is for one that is not, and has no answer of its own.
 */
export type EngineRequest =
  | { readonly type: 'load'; readonly options: TranscriberOptions }
  | { readonly type: 'load-model'; readonly model: string }
  | {
      /** hear-speakers: only who speaks when. */
      readonly type: 'transcribe' | 'hear-speakers';
      readonly recording: RecordingFile;
      readonly options: TranscribeOptions;
      readonly finished: readonly WindowResult[];
    };

/** Requests have numbers, and answers those of their requests. */
export type EngineCall = (EngineRequest | { readonly type: 'cancel' }) & { readonly call: number };

export interface EngineFailure {
  readonly type: 'failed';
  readonly code: ErrorCode;
  readonly message: string;
  readonly field?: string;
  /** Stack and causes, for the log only. */
  readonly detail: string;
}

export type EngineAnswer =
  | { readonly type: 'loaded'; readonly info: EngineInfo }
  | { readonly type: 'event'; readonly event: SpeechEvent }
  | { readonly type: 'model-loaded'; readonly info: EngineInfo }
  | { readonly type: 'finished'; readonly transcript: Transcript; readonly info: EngineInfo }
  | EngineFailure;

export type EngineReply = EngineAnswer & { readonly call: number };
