/** The vocabulary of the speech package: what goes in, what comes out, and who can do it. */
import type { Fallback, ModelInfo, Progress, Stage, TranscribeOptions, Transcript, WindowResult } from '@bulk-transcribe/protocol';

/** A media file on this machine. `name` is for people and messages, `path` for reading. */
export interface RecordingFile {
  readonly path: string;
  readonly name: string;
}

/** What happens while a recording is transcribed, in order. Windows come once each, in order of time. */
export type SpeechEvent =
  | { readonly type: 'stage'; readonly stage: Stage }
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'window'; readonly window: WindowResult }
  /** Once at most, near the end: what speakers are told apart by, as bytes (`decodeEvidence`), to do it again otherwise without the recording. */
  | { readonly type: 'evidence'; readonly evidence: Uint8Array };

/**
 * Turns a recording into a transcript. `finished` are windows of an earlier attempt with the same options, from window 0 on:
 * they are taken over, not recognised again, and not told again by `onEvent`. Rejects with an AppError (media_*, model_not_found, language_not_supported,
 * option_not_supported, engine_crashed, engine_unavailable), or with `cancelled` when `signal` aborts. A signal that aborts with
 * execution_timeout ends the engine's process, and fails with engine_crashed what else was in it.
 */
export type Transcribe = (
  recording: RecordingFile,
  options: TranscribeOptions,
  signal: AbortSignal,
  onEvent: (event: SpeechEvent) => void,
  finished?: readonly WindowResult[],
) => Promise<Transcript>;

/** What an engine computes with. */
export interface EngineInfo {
  readonly device: 'cpu' | 'cuda';
  /** Of the GPU that computes. */
  readonly deviceName: string | null;
  /** What was wished for and does not work: never silently. */
  readonly fallbacks: readonly Fallback[];
  readonly threads: number;
  readonly models: readonly ModelInfo[];
  readonly diarization: boolean;
}

/** A running engine: models stay loaded between calls; so many recordings at a time as it has slots, the others wait for their turn. */
export interface Engine {
  readonly transcribe: Transcribe;
  /** Only who speaks when: a transcript without segments. Rejects with diarization_failed too. */
  readonly hearSpeakers: Transcribe;
  /** Loads everything, so that the first recording does not wait. Rejects with engine_unavailable. */
  readonly prepare: () => Promise<EngineInfo>;
  /** The models that a recording may ask for now: some are installed or removed while the engine runs. */
  readonly models: () => Promise<readonly ModelInfo[]>;
  /** Takes a model into memory, after the recordings that are its turn. Rejects with model_not_found, engine_unavailable. */
  readonly loadModel: (id: string) => Promise<void>;
  /** What it computes with, as of the last recording; null before it was loaded. */
  readonly info: () => EngineInfo | null;
  /** Recordings that it takes at a time, on what it computes on now. */
  readonly slots: () => number;
  readonly close: () => Promise<void>;
}
