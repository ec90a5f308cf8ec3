/** Whether the channels of a recording have speakers of their own: then each is analysed by itself, else all are mixed. */
import { SAMPLE_RATE } from '../decode/decoder.ts';

/** `auto`: each by itself where they differ and both hold speech, else mixed. `separate`: each by itself. `mix`: mixed. */
export type ChannelWish = 'auto' | 'mix' | 'separate';

/** Samples of all channels together that are heard before `auto` decides, 20 min: 77 MB. */
const PROBE = 20 * 60 * SAMPLE_RATE;
/** Frames of sound, 20 ms each, that two channels must have for a decision before that: half a minute. */
const ENOUGH = 1500;
const FRAME = 320;
/** Frames, of all channels together. */
const LOOK_EVERY = 512;

/** Channels are told apart where neither their waves nor their loudness go together more than this (correlation). */
const SAME_WAVE = 0.3;
const SAME_LOUDNESS = 0.5;
/** A frame holds sound where it is at most 40 dB below the loudest of its channel. */
const QUIET = 1e-4;
/** Seconds of sound that a channel with a speaker has at least. */
const LEAST_SOUND = 1;

type Piece = readonly Float32Array[];

/** The same sound in the channels that are to be analysed: those of the recording, or one. */
export async function* inChannels(audio: AsyncIterable<Piece>, wish: ChannelWish): AsyncGenerator<Piece> {
  const choice = new ChannelChoice(wish);
  for await (const piece of audio) yield* choice.add(piece);
  yield* choice.finish();
}

/** Keeps what it is given until it has decided. */
class ChannelChoice {
  readonly #kept: Piece[] = [];
  readonly #comparison = new ChannelComparison();
  #separate: boolean | null;

  constructor(wish: ChannelWish) {
    this.#separate = wish === 'auto' ? null : wish === 'separate';
  }

  add(piece: Piece): Piece[] {
    if (piece.length === 1) this.#separate ??= false;
    this.#kept.push(piece);
    if (this.#separate === null) {
      this.#comparison.add(piece);
      if (!this.#comparison.isEnough()) return [];
    }
    return this.finish();
  }

  /** What is kept. Decides, if it must, by what was heard. */
  finish(): Piece[] {
    this.#separate ??= this.#comparison.differ;
    const kept = this.#kept.splice(0);
    return this.#separate ? kept : kept.map((piece) => [mix(piece)]);
  }
}

/** One channel: the mean of all. */
export function mix(piece: Piece): Float32Array {
  const [first = new Float32Array(), ...others] = piece;
  if (others.length === 0) return first;
  return first.map((sample, index) => others.reduce((sum, other) => sum + (other[index] as number), sample) / piece.length);
}

class ChannelComparison {
  /** [channels]: loudness of each 20 ms. */
  readonly #power: number[][] = [];
  readonly #sums = new Map<string, number>();
  #lookAt = 0;

  add(piece: Piece): void {
    for (const [index, samples] of piece.entries()) {
      this.#power[index] ??= [];
      const frames = this.#power[index];
      for (let at = 0; at < samples.length; at += FRAME) frames.push(samples.subarray(at, at + FRAME).reduce((sum, x) => sum + x * x, 0) / FRAME);
      for (let other = 0; other <= index; other += 1) {
        const b = piece[other] ?? samples;
        const key = `${other} ${index}`;
        this.#sums.set(
          key,
          samples.reduce((sum, x, at) => sum + x * (b[at] as number), this.#sums.get(key) ?? 0),
        );
      }
    }
  }

  /** Looks again only when much was added, whatever the length of the pieces. */
  isEnough(): boolean {
    const frames = this.#power.reduce((sum, { length }) => sum + length, 0);
    if (frames * FRAME >= PROBE) return true;
    if (frames < this.#lookAt) return false;
    this.#lookAt = frames + LOOK_EVERY;
    return this.#power.every((power) => soundFrames(power) >= ENOUGH);
  }

  /** Every pair differs, and every channel holds sound. */
  get differ(): boolean {
    if (this.#power.some((power) => soundFrames(power) * FRAME < LEAST_SOUND * SAMPLE_RATE)) return false;
    const sum = (a: number, b: number) => this.#sums.get(`${a} ${b}`) ?? 0;
    for (let b = 1; b < this.#power.length; b += 1) {
      for (let a = 0; a < b; a += 1) {
        if (Math.abs(sum(a, b)) > SAME_WAVE * Math.sqrt(sum(a, a) * sum(b, b))) return false;
        if (correlation(this.#power[a] ?? [], this.#power[b] ?? []) > SAME_LOUDNESS) return false;
      }
    }
    return true;
  }
}

const soundFrames = (power: readonly number[]): number => {
  const loudest = power.reduce((a, b) => Math.max(a, b), 0);
  return loudest === 0 ? 0 : power.filter((value) => value > QUIET * loudest).length;
};

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (const [index, value] of a.entries()) {
    const [x, y] = [value - meanA, (b[index] ?? 0) - meanB];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return ab / Math.max(Math.sqrt(aa * bb), 1e-12);
}
