/** Evidence of a conversation that nobody held: as many prints as speech without an end has, of voices that are alike as real ones are. */
import type { ChannelEvidence } from '@bulk-transcribe/speech';

const RATE = 16_000;
const FRAME_STEP = 270;
const FRAMES = 589;
const WINDOW_STEP = 148;
const DIMENSIONS = 192;
/** Frames. */
const PAUSE = 30;
/** Both local speakers. */
const BOTH = 0b11;
/** How much of a print is its voice: two of one voice have a similarity of the square, 0.64. */
const VOICE = 0.8;

export function madeEvidence(hours: number, { voices, seed }: { voices: number; seed: number }): ChannelEvidence {
  const random = generator(seed);
  const samples = hours * 3600 * RATE;
  const frames = Math.floor(samples / FRAME_STEP) + 1;
  const windows = 1 + Math.ceil((frames - FRAMES) / WINDOW_STEP);
  const active = new Uint8Array(frames);
  const regions: number[] = [];
  for (let at = 0; at < frames; ) {
    // Odd: then no region is half way between two numbers of units.
    const length = Math.min(frames - at, 61 + 2 * Math.floor(150 * random()));
    const local = 1 << (regions.length % 2);
    active.fill(local, at, at + length);
    // Every other pause is filled: both talk.
    active.fill(local === 1 ? BOTH : 0, at + length, at + length + PAUSE);
    regions.push(length);
    at += length + PAUSE;
  }
  const spans = regions.map((length) => Math.max(1, Math.round((length * FRAME_STEP) / RATE / 0.75) - 1));
  const own = Array.from({ length: voices }, () => direction(random));
  const embeddings = new Float32Array(DIMENSIONS * spans.reduce((sum, n) => sum + n, 0));
  let print = 0;
  for (const n of spans) {
    const voice = own[Math.floor(voices * random())] as Float32Array;
    for (let end = print + n; print < end; print += 1) embeddings.set(printOf(voice, random), print * DIMENSIONS);
  }
  return {
    samples,
    active: inWindows(active, windows),
    count: active.map((speakers) => (speakers === BOTH ? 2 : Math.min(speakers, 1))),
    changes: new Uint8Array(frames),
    embeddings,
    seconds: new Float32Array(print).fill(1.5),
  };
}

function inWindows(active: Uint8Array, windows: number): Uint8Array {
  const all = new Uint8Array(windows * FRAMES);
  for (let window = 0; window < windows; window += 1) all.set(active.subarray(window * WINDOW_STEP, window * WINDOW_STEP + FRAMES), window * FRAMES);
  return all;
}

function printOf(voice: Float32Array, random: () => number): Float32Array {
  const noise = direction(random);
  const mixed = voice.map((value, at) => VOICE * value + Math.sqrt(1 - VOICE ** 2) * (noise[at] as number));
  return unit(mixed);
}

const direction = (random: () => number): Float32Array =>
  unit(Float32Array.from({ length: DIMENSIONS }, () => random() + random() + random() + random() - 2));

function unit(vector: Float32Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value ** 2, 0));
  return vector.map((value) => value / length);
}

/** 0…1, the same again for the same seed (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
