const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
const JITTER = 0.25;

/** Milliseconds between tries: 1, 2, 4 … 60 s, a quarter more or less so that workers do not ask in step. */
export const growingPause = (tries: number, longestMs = LONGEST_PAUSE_MS): number =>
  Math.min(longestMs, FIRST_PAUSE_MS * 2 ** Math.min(tries, 16)) * (1 - JITTER + 2 * JITTER * Math.random());
