/** How many speakers are wanted in each channel, where a number for the whole recording is given. */
import type { SpeakerWish } from './speaker-turns.ts';

/**
 * `found`: how many speakers each channel has by itself. Beyond that, channels with most speakers give
 * some up, and those with fewest get more. A channel with speech keeps one speaker.
 */
export function channelWishes(wish: SpeakerWish, found: readonly number[]): SpeakerWish[] {
  const least = wish.speakers ?? wish.minSpeakers ?? 0;
  const most = wish.speakers ?? wish.maxSpeakers ?? Number.POSITIVE_INFINITY;
  const counts = [...found];
  const total = () => counts.reduce((sum, count) => sum + count, 0);
  while (total() > most && Math.max(...counts) > 1) step(counts, Math.max, -1);
  while (total() < least && total() > 0) step(counts, smallestWithSpeech, 1);
  return counts.map((speakers) => (speakers > 0 ? { speakers } : {}));
}

const smallestWithSpeech = (...counts: number[]): number => Math.min(...counts.filter((count) => count > 0));

function step(counts: number[], choose: (...counts: number[]) => number, by: 1 | -1): void {
  const at = counts.indexOf(choose(...counts));
  counts[at] = (counts[at] ?? 0) + by;
}
