/** The first layer of the segmentation model for windows that overlap: each stretch of sound is filtered once. */
import type { Graph } from '../onnx/open-session.ts';
import { Tensor } from '../onnx/runtime.ts';
import { HOP, WINDOW } from './frames.ts';
import { FILTER_LENGTH, FILTER_STEP, FILTERS, POOL } from './segmentation-graphs.ts';

/** Windows at once, at most: it is not faster with more. */
export const MOST_WINDOWS = 4;
/** Samples between columns: of every filter, the extremes of three outputs. */
const COLUMN = FILTER_STEP * POOL;
/** Samples that a column sees beyond those up to the next one. */
const BEYOND = FILTER_LENGTH - FILTER_STEP;
/** Columns of a window, between windows, and of all windows at once. */
export const COLUMNS = Math.floor((WINDOW - BEYOND) / COLUMN);
const HOP_COLUMNS = HOP / COLUMN;
const MOST_COLUMNS = (MOST_WINDOWS - 1) * HOP_COLUMNS + COLUMNS;
/** As the model has it, so that silence is not divided by. */
const EPSILON = 1e-5;

export interface SegmentationModel {
  readonly filters: Graph;
  readonly classes: Graph;
  readonly deviation: number;
  readonly mean: number;
  /** [80]: what each filter makes of a constant 1. */
  readonly ofOne: Float32Array;
}

export class WindowFilters {
  readonly #model: SegmentationModel;
  /** [80, MOST_COLUMNS]: highest and lowest output, the latter with its sign turned. The first columns are known, from the start of the next window. */
  readonly #highest = new Float32Array(FILTERS * MOST_COLUMNS);
  readonly #lowest = new Float32Array(FILTERS * MOST_COLUMNS);
  #known = 0;
  /** Of the last answer: used again, because to make and forget megabytes of it for every few seconds is work too. */
  readonly #loudest = new Float32Array(MOST_WINDOWS * FILTERS * COLUMNS);

  constructor(model: SegmentationModel) {
    this.#model = model;
  }

  /** The sound of the next windows, from the start of the first to the end of the last → how loud each filter is, [windows, 80, 5325], until the next call. */
  async next(samples: Float32Array): Promise<Float32Array> {
    const windows = 1 + (samples.length - WINDOW) / HOP;
    const columns = (windows - 1) * HOP_COLUMNS + COLUMNS;
    const { highest, lowest } = await filter(this.#model.filters, samples.subarray(this.#known * COLUMN, columns * COLUMN + BEYOND));
    this.#append(this.#highest, highest);
    this.#append(this.#lowest, lowest);
    for (let window = 0; window < windows; window += 1) this.#fill(window, samples.subarray(window * HOP, window * HOP + WINDOW));
    const next = windows * HOP_COLUMNS;
    for (const rows of [this.#highest, this.#lowest]) rows.copyWithin(0, next);
    this.#known = columns - next;
    return this.#loudest.subarray(0, windows * FILTERS * COLUMNS);
  }

  #append(rows: Float32Array, more: Float32Array): void {
    const columns = more.length / FILTERS;
    for (let row = 0; row < FILTERS; row += 1) rows.set(more.subarray(row * columns, (row + 1) * columns), row * MOST_COLUMNS + this.#known);
  }

  /** Filters add and multiply only: of scaled samples they give their outputs scaled, plus what they make of the shift. */
  #fill(window: number, samples: Float32Array): void {
    const { factor, shift } = this.#scaleOf(samples);
    const [highest, lowest, loudest] = [this.#highest, this.#lowest, this.#loudest];
    for (let row = 0; row < FILTERS; row += 1) {
      const constant = shift * (this.#model.ofOne[row] as number);
      const from = row * MOST_COLUMNS + window * HOP_COLUMNS;
      const to = (window * FILTERS + row) * COLUMNS;
      for (let column = 0; column < COLUMNS; column += 1) {
        const high = Math.abs(constant + factor * (highest[from + column] as number));
        const low = Math.abs(constant - factor * (lowest[from + column] as number));
        loudest[to + column] = Math.max(high, low);
      }
    }
  }

  /** A window is brought to the model's mean and deviation: its samples times `factor`, plus `shift`. */
  #scaleOf(samples: Float32Array): { factor: number; shift: number } {
    let sum = 0;
    for (let index = 0; index < samples.length; index += 1) sum += samples[index] as number;
    const mean = sum / samples.length;
    let squares = 0;
    for (let index = 0; index < samples.length; index += 1) squares += ((samples[index] as number) - mean) ** 2;
    const factor = this.#model.deviation / Math.sqrt(squares / samples.length + EPSILON);
    return { factor, shift: this.#model.mean - factor * mean };
  }
}

/** Samples → the extremes of each column, [80, columns] each; `lowest` with its sign turned. */
async function filter(session: Graph, samples: Float32Array): Promise<{ highest: Float32Array; lowest: Float32Array }> {
  const { highest, lowest } = await session.run({ samples: new Tensor('float32', samples, [1, 1, 1, samples.length]) });
  if (!highest || !lowest || highest.dims[1] !== FILTERS) throw new Error('The segmentation model has unexpected filters.');
  return { highest: highest.data as Float32Array, lowest: lowest.data as Float32Array };
}

/** What each filter makes of a constant 1: the sum of its weights. */
export async function filtersOfOne(session: Graph): Promise<Float32Array> {
  return (await filter(session, new Float32Array(COLUMN + BEYOND).fill(1))).highest;
}
