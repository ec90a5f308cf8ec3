const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
const JITTER = 0.5;

/** Milliseconds between tries: 1, 2, 4 … 60 s, up to half as much again so that workers do not ask in step; never above the longest. */
export function growingPause(tries: number, longestMs = LONGEST_PAUSE_MS): number {
  const pauseMs = FIRST_PAUSE_MS * 2 ** Math.min(tries, 16);
  const extra = JITTER * Math.random();
  return pauseMs * (1 + JITTER) > longestMs ? longestMs * (1 - extra) : pauseMs * (1 + extra);
}
