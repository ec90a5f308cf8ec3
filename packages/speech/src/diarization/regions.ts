/** Stretches in which one speaker alone is heard: cut at pauses, at overlap, and where the speaker changes. */
import { FRAME_SEC } from './frames.ts';

/** Seconds. A longer pause ends a region. */
const PAUSE = 0.3;
/** Frames. Two minutes without any pause: the region is cut, so that what must be remembered of the sound is bounded. */
const LONGEST = Math.round(120 / FRAME_SEC);

/** The frames in which its one speaker talks, in order. */
export type Region = Int32Array;

/** Takes frames in order, and gives each region when it has ended. */
export class RegionTracker {
  #frame = 0;
  #open: number[] = [];
  /** A speaker change since the last frame of the open region. */
  #changed = false;

  add(count: number, change: boolean): Region | null {
    const frame = this.#frame;
    this.#frame += 1;
    this.#changed ||= change;
    const ended = this.#endsAt(frame, count) ? this.finish() : null;
    if (count === 1) {
      this.#open.push(frame);
      this.#changed = false;
    }
    return ended;
  }

  /** What is open, at the end of the recording. */
  finish(): Region | null {
    const region = this.#open.length > 0 ? Int32Array.from(this.#open) : null;
    this.#open = [];
    return region;
  }

  /** First frame that is still open, or the next one. */
  get start(): number {
    return this.#open[0] ?? this.#frame;
  }

  #endsAt(frame: number, count: number): boolean {
    const last = this.#open.at(-1);
    if (last === undefined) return false;
    if (count > 1 || (frame - last) * FRAME_SEC > PAUSE) return true;
    return count === 1 && (this.#changed || this.#open.length >= LONGEST);
  }
}

/** All regions of a recording. */
export function regionsOf(count: Uint8Array, changes: Uint8Array): Region[] {
  const tracker = new RegionTracker();
  const regions: Region[] = [];
  for (let frame = 0; frame < count.length; frame += 1) {
    const region = tracker.add(count[frame] as number, changes[frame] === 1);
    if (region) regions.push(region);
  }
  const last = tracker.finish();
  return last ? [...regions, last] : regions;
}
