/** Overlapping windows → one row of frames: how many talk, and how sure it is that the speaker changes. */
import { ACTIVE_COUNT, FRAMES, WINDOW_STEP } from './frames.ts';

/** A window knows less at its edges. */
const weights = Float64Array.from({ length: FRAMES }, (_, frame) => 0.05 + Math.min(frame, FRAMES - 1 - frame) / (FRAMES / 2));

export interface StitchedFrames {
  /** How many talk at once. */
  readonly count: Uint8Array;
  /** Weighted share, 0…1, of the windows in which the only speaker is another one than in their single-speaker frame before. */
  readonly change: Float64Array;
  /** Weight of the windows that could tell; 0 = none. */
  readonly seen: Float64Array;
}

/** Takes windows in order, and gives the frames that no later window covers. */
export class Stitcher {
  readonly #talking = new Float64Array(FRAMES);
  readonly #weight = new Float64Array(FRAMES);
  readonly #changed = new Float64Array(FRAMES);
  readonly #seen = new Float64Array(FRAMES);

  /** `active` [589] → the next 148 frames. */
  add(active: Uint8Array): StitchedFrames {
    let before = 0;
    for (let frame = 0; frame < FRAMES; frame += 1) {
      const weight = weights[frame] as number;
      const speakers = active[frame] as number;
      const talking = ACTIVE_COUNT[speakers] as number;
      addAt(this.#talking, frame, weight * talking);
      addAt(this.#weight, frame, weight);
      if (talking !== 1) continue;
      if (before !== 0) {
        addAt(this.#seen, frame, weight);
        if (speakers !== before) addAt(this.#changed, frame, weight);
      }
      before = speakers;
    }
    return this.#take(WINDOW_STEP);
  }

  /** The frames that are left once the last window was added. */
  finish(): StitchedFrames {
    return this.#take(FRAMES - WINDOW_STEP);
  }

  #take(frames: number): StitchedFrames {
    const count = new Uint8Array(frames);
    const change = new Float64Array(frames);
    for (let frame = 0; frame < frames; frame += 1) {
      count[frame] = roundHalfEven((this.#talking[frame] as number) / (this.#weight[frame] as number));
      change[frame] = (this.#changed[frame] as number) / Math.max(this.#seen[frame] as number, 1e-9);
    }
    const seen = this.#seen.slice(0, frames);
    for (const sums of [this.#talking, this.#weight, this.#changed, this.#seen]) {
      sums.copyWithin(0, frames);
      sums.fill(0, FRAMES - frames);
    }
    return { count, change, seen };
  }
}

function addAt(sums: Float64Array, index: number, value: number): void {
  sums[index] = (sums[index] as number) + value;
}

/** Half way between two numbers: the even one. */
export function roundHalfEven(value: number): number {
  const low = Math.floor(value);
  const rest = value - low;
  if (rest === 0.5) return low % 2 === 0 ? low : low + 1;
  return rest < 0.5 ? low : low + 1;
}
