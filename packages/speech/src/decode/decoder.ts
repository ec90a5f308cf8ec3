/** The decoder's role: any audio or video file becomes 16 kHz samples, as a stream. */
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
  /** 2 where both channels were asked for and there are two. */
  readonly channels: 1 | 2;
  /** Samples in -1…1, in order; of two channels, one of each in turn. Only as fast as they are read. */
  readonly chunks: AsyncIterable<Float32Array>;
  /** Known once `chunks` has ended. */
  readonly outcome: () => DecodeOutcome;
}

interface DecodeOptions {
  /** Left and right by themselves where the recording has more than one channel; else all are mixed. */
  readonly stereo?: boolean;
}

export interface Decoder {
  /**
   * Begins to decode the first audio track. Rejects with media_empty, media_unreadable or media_no_audio;
   * when `signal` aborts, the decoding process is killed and `chunks` rejects with `cancelled`.
   */
  readonly open: (recording: RecordingFile, signal: AbortSignal, options?: DecodeOptions) => Promise<DecodedAudio>;
}
