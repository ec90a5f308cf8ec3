/** Samples of one channel, as they come → its evidence. Only the sound that is still needed is remembered. */
import { SAMPLE_RATE } from '../decode/decoder.ts';
import { AudioBuffer } from '../vad/audio-buffer.ts';
import { ChangePoints } from './change-points.ts';
import type { ChannelEvidence } from './evidence.ts';
import { FRAME_STEP, FRAMES, framesIn, HOP, WINDOW, windowsIn } from './frames.ts';
import { GrowingArray } from './growing-array.ts';
import type { DiarizationModels } from './models.ts';
import { printRegion } from './print-region.ts';
import { type Region, RegionTracker } from './regions.ts';
import { activeSpeakers, classifyFrames } from './segmentation.ts';
import { type StitchedFrames, Stitcher } from './stitch.ts';
import { MOST_WINDOWS, WindowFilters } from './window-filters.ts';

export class ChannelAnalysis {
  readonly #models: DiarizationModels;
  /** Called between runs of the models; throws where the work is to end. */
  readonly #checkpoint: () => void;
  readonly #audio = new AudioBuffer();
  readonly #filters: WindowFilters;
  readonly #stitcher = new Stitcher();
  readonly #changePoints = new ChangePoints();
  readonly #regions = new RegionTracker();
  /** Windows heard, frames that are known, frames that are part of a region or of none. */
  #windows = 0;
  #frames = 0;
  readonly #active = new GrowingArray((length) => new Uint8Array(length));
  readonly #count = new GrowingArray((length) => new Uint8Array(length));
  readonly #changes = new GrowingArray((length) => new Uint8Array(length));
  readonly #embeddings = new GrowingArray((length) => new Float32Array(length));
  readonly #seconds = new GrowingArray((length) => new Float32Array(length));

  constructor(models: DiarizationModels, checkpoint: () => void) {
    this.#models = models;
    this.#filters = new WindowFilters(models.segmentation);
    this.#checkpoint = checkpoint;
  }

  /** Seconds that are analysed. */
  get doneSec(): number {
    return (this.#frames * FRAME_STEP) / SAMPLE_RATE;
  }

  async add(samples: Float32Array): Promise<void> {
    this.#audio.append(samples);
    while (this.#audio.end >= (this.#windows + MOST_WINDOWS - 1) * HOP + WINDOW) await this.#hear(MOST_WINDOWS);
  }

  async finish(): Promise<ChannelEvidence> {
    const samples = this.#audio.end;
    const windows = windowsIn(samples);
    while (this.#windows < windows) await this.#hear(Math.min(MOST_WINDOWS, windows - this.#windows));
    const frames = framesIn(samples);
    const rest = cut(this.#stitcher.finish(), frames - this.#count.length);
    await this.#settle(rest, [...this.#changePoints.add(rest.change, rest.seen), ...this.#changePoints.finish()]);
    await this.#print(this.#regions.finish());
    return {
      samples,
      active: this.#active.toArray(),
      count: this.#count.toArray(),
      changes: this.#changes.toArray(),
      embeddings: this.#embeddings.toArray(),
      seconds: this.#seconds.toArray(),
    };
  }

  /** Segmentation of the next windows, then voice prints of the regions that end in them. */
  async #hear(windows: number): Promise<void> {
    this.#checkpoint();
    const start = this.#windows * HOP;
    const samples = new Float32Array((windows - 1) * HOP + WINDOW);
    samples.set(this.#audio.slice(start, Math.max(start, Math.min(start + samples.length, this.#audio.end))));
    const active = activeSpeakers(await classifyFrames(this.#models.segmentation.classes, await this.#filters.next(samples)));
    this.#active.add(active);
    this.#windows += windows;
    for (let window = 0; window < windows; window += 1) {
      const known = this.#stitcher.add(active.subarray(window * FRAMES, (window + 1) * FRAMES));
      const frames = cut(known, framesIn(this.#audio.end) - this.#count.length);
      await this.#settle(frames, this.#changePoints.add(frames.change, frames.seen));
    }
    this.#audio.dropBefore(Math.min(this.#windows * HOP, this.#regions.start * FRAME_STEP));
  }

  async #settle({ count }: StitchedFrames, changes: ArrayLike<number>): Promise<void> {
    this.#count.add(count);
    this.#changes.add(changes);
    const counts = this.#count.view();
    for (let index = 0; index < changes.length; index += 1) {
      const region = this.#regions.add(counts[this.#frames] as number, changes[index] === 1);
      this.#frames += 1;
      await this.#print(region);
    }
  }

  async #print(region: Region | null): Promise<void> {
    if (!region) return;
    for await (const { embedding, seconds } of printRegion(this.#models.embedding, region, this.#audio)) {
      this.#checkpoint();
      this.#embeddings.add(embedding);
      this.#seconds.add([seconds]);
    }
  }
}

/** At most the first frames: a recording may end before its last window. */
const cut = ({ count, change, seen }: StitchedFrames, frames: number): StitchedFrames => ({
  count: count.subarray(0, Math.max(0, frames)),
  change: change.subarray(0, Math.max(0, frames)),
  seen: seen.subarray(0, Math.max(0, frames)),
});
