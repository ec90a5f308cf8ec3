/** The mel filter bank of Whisper: librosa's, with Slaney's scale and area normalisation. */

const RATE = 16_000; // Hz
/** Samples of a Fourier transform: 25 ms. */
export const FFT = 400;
export const BINS = FFT / 2 + 1;

/** Slaney's scale: linear below 1 kHz, 3 mel per 200 Hz; above it 27 mel for each factor of 6.4. */
const LINEAR_MEL = 3 / 200;
const BREAK_HZ = 1000;
const BREAK_MEL = BREAK_HZ * LINEAR_MEL;
const LOG_STEP = Math.log(6.4) / 27;

const toMel = (hz: number): number => (hz < BREAK_HZ ? hz * LINEAR_MEL : BREAK_MEL + Math.log(hz / BREAK_HZ) / LOG_STEP);
const toHz = (mel: number): number => (mel < BREAK_MEL ? mel / LINEAR_MEL : BREAK_HZ * Math.exp((mel - BREAK_MEL) * LOG_STEP));

/** Triangles over the frequencies of a transform, [mels, 201]. */
export function melFilters(mels: number): Float32Array {
  const highest = toMel(RATE / 2);
  const edges = Array.from({ length: mels + 2 }, (_, index) => toHz((highest * index) / (mels + 1)));
  const filters = new Float32Array(mels * BINS);
  for (let band = 0; band < mels; band += 1) {
    const [low = 0, peak = 0, high = 0] = edges.slice(band, band + 3);
    for (let bin = 0; bin < BINS; bin += 1) {
      const hz = (bin * RATE) / FFT;
      const height = Math.min((hz - low) / (peak - low), (high - hz) / (high - peak));
      filters[band * BINS + bin] = (Math.max(0, height) * 2) / (high - low);
    }
  }
  return filters;
}
