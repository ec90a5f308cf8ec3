/**
 * The diarizer's face.
 *
 *   const diarizer = await openDiarizer({ device: 'cpu', threads: 1 });
 *   const evidence = await diarizer.analyse(audio, { channels: 'auto', signal });      // costly, once
 *   const { turns, speakers, warnings } = labelSpeakers(evidence, { speakers: 2 });    // cheap, as often as wanted
 *   const stored = encodeEvidence(evidence);                                           // decodeEvidence gives it back
 */
import type { SpeakerEvidence } from './evidence.ts';

/** `auto`: each by itself where they differ and both hold speech, else mixed. `separate`: each by itself. `mix`: mixed. */
export type ChannelWish = 'auto' | 'mix' | 'separate';

export interface AnalyseOptions {
  readonly channels: ChannelWish;
  readonly signal: AbortSignal;
  /** Seconds of the recording that are analysed. */
  readonly onProgress?: (doneSec: number) => void;
}

export interface Diarizer {
  /**
   * Reads a recording to its end: pieces of any length, each with as many arrays of 16 kHz samples in -1…1 as there are channels.
   * Memory does not grow with the recording but for the evidence (about 3 MB per hour and channel). Rejects with `cancelled`.
   */
  readonly analyse: (audio: AsyncIterable<readonly Float32Array[]>, options: AnalyseOptions) => Promise<SpeakerEvidence>;
}
