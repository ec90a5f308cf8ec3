/** The decoder's role: any audio or video file becomes 16 kHz mono samples, as a stream. */
import type { RecordingFile } from '../engine.ts';

/** What every later step works with; decoders resample to it. */
export const SAMPLE_RATE = 16_000;

export interface DecodeOutcome {
  /** What could not be decoded, for people; null when all went well. */
  readonly damage: string | null;
  /** CPU time of the decoding process; null where it could not be measured. */
  readonly cpuMs: number | null;
  /** Most memory the decoding process ever held; null where it could not be measured. */
  readonly peakBytes: number | null;
}

export interface DecodedAudio {
  /** Name and version, for the provenance. */
  readonly decoder: string;
  /** Length that the container announces; null when it does not. */
  readonly totalSec: number | null;
  /** Mono samples in -1…1, in order; only as fast as they are read. */
  readonly chunks: AsyncIterable<Float32Array>;
  /** Known once `chunks` has ended. */
  readonly outcome: () => DecodeOutcome;
}

export interface Decoder {
  /**
   * Begins to decode the first audio track. Rejects with media_empty, media_unreadable or media_no_audio;
   * when `signal` aborts, the decoding process is killed and `chunks` rejects with `cancelled`.
   */
  readonly open: (recording: RecordingFile, signal: AbortSignal) => Promise<DecodedAudio>;
}
