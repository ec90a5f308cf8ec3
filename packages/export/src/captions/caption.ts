export interface Caption {
  /** Seconds. */
  readonly start: number;
  readonly end: number;
  readonly lines: readonly string[];
  /** Id of the speaker. */
  readonly speaker?: string;
}
