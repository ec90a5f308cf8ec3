/** Who speaks when. */

/** How many speakers the user knows of; nothing said = found out. */
export interface SpeakerWish {
  /** Exactly so many; wins over the two below. */
  readonly speakers?: number | undefined;
  readonly minSpeakers?: number | undefined;
  readonly maxSpeakers?: number | undefined;
}

export interface SpeakerTurn {
  /** Index into `speakers`. */
  readonly speaker: number;
  /** Seconds. Turns of different speakers overlap where they talk at once. */
  readonly start: number;
  readonly end: number;
}

export interface Speaker {
  /** 0, 1, …: by first appearance. */
  readonly id: number;
  /** Of speech in all turns. */
  readonly seconds: number;
  /** Unit-length voice print, [192]. Similarity of two voices = dot product; its level depends on the recording channel. */
  readonly centroid: Float32Array;
  /** The channel that the speaker was heard in; 0 where all were mixed. */
  readonly channel: number;
}

/** Said where the wish could not be met, or where there is no speech. */
export interface SpeakerWarning {
  readonly code: 'fewer_speakers' | 'more_speakers';
  readonly message: string;
}

export interface SpeakerTurns {
  /** By start, then end. */
  readonly turns: readonly SpeakerTurn[];
  readonly speakers: readonly Speaker[];
  readonly warnings: readonly SpeakerWarning[];
}
