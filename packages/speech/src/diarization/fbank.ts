/**
 * Log mel energies as Kaldi's `compute-fbank-feats` gives them without dither: 25 ms every 10 ms, whole windows only,
 * mean removed, pre-emphasis, Povey window, power, 80 triangles from 20 Hz to 8 kHz. Samples stay in -1…1: the floor depends on it.
 */
import { SAMPLE_RATE } from '../decode/decoder.ts';
import { powerSpectrum } from './fft.ts';

export const MELS = 80;
/** Samples of a row, and between rows. */
const LENGTH = 400;
const SHIFT = 160;
const FFT = 512;
const BINS = FFT / 2;
const PRE_EMPHASIS = 0.97;
/** The difference between 1 and the next float32: keeps the logarithm of silence finite. */
const FLOOR = 2 ** -23;

/** Seconds between rows; row j is centred at 10 j + 12.5 ms. */
export const ROW_SEC = SHIFT / SAMPLE_RATE;
export const ROW_CENTRE = LENGTH / 2 / SAMPLE_RATE;

export const rowsIn = (samples: number): number => (samples < LENGTH ? 0 : 1 + Math.floor((samples - LENGTH) / SHIFT));
/** The samples that rows `from` up to `to` (exclusive) are made of. */
export const samplesOfRows = (from: number, to: number): [start: number, end: number] => [from * SHIFT, (to - 1) * SHIFT + LENGTH];

const window = Float64Array.from({ length: LENGTH }, (_, index) => (0.5 - 0.5 * Math.cos((2 * Math.PI * index) / (LENGTH - 1))) ** 0.85);
const frame = new Float64Array(FFT);
const power = new Float64Array(BINS);

/** [n] → [rowsIn(n), 80], natural logarithm; the mean over time is not removed. */
export function fbank(samples: Float32Array): Float32Array {
  const rows = rowsIn(samples.length);
  const result = new Float32Array(rows * MELS);
  for (let row = 0; row < rows; row += 1) {
    fillFrame(samples.subarray(row * SHIFT, row * SHIFT + LENGTH));
    powerSpectrum(frame, power);
    fillMels(result.subarray(row * MELS, (row + 1) * MELS));
  }
  return result;
}

/** What comes before the first sample is taken to be as loud as it. */
function fillFrame(samples: Float32Array): void {
  let sum = 0;
  for (let index = 0; index < LENGTH; index += 1) sum += samples[index] as number;
  const mean = sum / LENGTH;
  let before = (samples[0] as number) - mean;
  for (let index = 0; index < LENGTH; index += 1) {
    const value = (samples[index] as number) - mean;
    frame[index] = (value - PRE_EMPHASIS * before) * (window[index] as number);
    before = value;
  }
}

function fillMels(row: Float32Array): void {
  for (let mel = 0; mel < MELS; mel += 1) {
    const { first, weights } = triangles[mel] as Triangle;
    let sum = 0;
    for (let index = 0; index < weights.length; index += 1) sum += (power[first + index] as number) * (weights[index] as number);
    row[mel] = Math.log(Math.max(sum, FLOOR));
  }
}

interface Triangle {
  /** Bin that the first weight is for. */
  readonly first: number;
  readonly weights: Float64Array;
}

const toMel = (hz: number): number => 1127 * Math.log(1 + hz / 700);

function melTriangles(): Triangle[] {
  const low = toMel(20);
  const width = (toMel(SAMPLE_RATE / 2) - low) / (MELS + 1);
  return Array.from({ length: MELS }, (_, mel) => {
    const left = low + mel * width;
    const heights = Array.from({ length: BINS }, (_, bin) => {
      const at = toMel((bin * SAMPLE_RATE) / FFT);
      return Math.max(0, Math.min((at - left) / width, (left + 2 * width - at) / width));
    });
    const first = heights.findIndex((height) => height > 0);
    return { first, weights: Float64Array.from(heights.slice(first, heights.findLastIndex((height) => height > 0) + 1)) };
  });
}

const triangles = melTriangles();
