/** Gives each caption the time that a reader needs. */
import type { Caption } from './caption.ts';
import { columns } from './columns.ts';

/** Columns a second that people read (Netflix Timed Text Style Guide, adults). */
export const READING_SPEED = 20;
/** Captions shorter than this are hard to see. Seconds. */
export const MIN_DURATION = 0.8;
/** No caption begins later than this behind its speech: then being in time matters more than being read. Seconds. */
export const MAX_LAG = 1.5;

/** Where times are degenerate no caption is empty. Seconds. */
const SHORTEST = 0.1;

const needed = ({ lines }: Caption): number => Math.max(MIN_DURATION, lines.reduce((sum, line) => sum + columns(line), 0) / READING_SPEED);

/**
 * A caption that is too short borrows from the pause behind it, and where there is none it makes the next one begin later,
 * which catches up in the next pause. Captions never overlap.
 */
export function readable(captions: readonly Caption[]): Caption[] {
  let free = 0;
  return captions.map((caption, i) => {
    const start = Math.max(caption.start, free);
    const next = captions[i + 1]?.start ?? Number.POSITIVE_INFINITY;
    const end = Math.min(Math.max(caption.end, start + needed(caption)), next + MAX_LAG);
    free = Math.max(end, start + SHORTEST);
    return { ...caption, start, end: free };
  });
}
