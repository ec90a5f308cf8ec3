/**
 * What the models heard, and all that the labels need: the costly part of diarization. Kept with a result, it gives other
 * labels in seconds (`labelSpeakers`) without the audio or the models.
 */

/** One channel, or the mix of all. Frames are 16.875 ms; windows 589 frames, one every 148. */
export interface ChannelEvidence {
  /** Length of the recording in samples of 16 kHz. */
  readonly samples: number;
  /** [windows, 589]: bit k is set while local speaker k (0…2) talks. Local numbers mean nothing outside their window. */
  readonly active: Uint8Array;
  /** [frames]: how many talk at once. */
  readonly count: Uint8Array;
  /** [frames]: 1 where one speaker gives way to another without a pause. */
  readonly changes: Uint8Array;
  /** [spans, 192]: unit-length voice prints; zeros where a span is too short for one. */
  readonly embeddings: Float32Array;
  /** [spans]: seconds of sound in each print; 0 where there is none. */
  readonly seconds: Float32Array;
}

export interface SpeakerEvidence {
  /** One, or one for each channel that has speakers of its own. */
  readonly channels: readonly ChannelEvidence[];
}
