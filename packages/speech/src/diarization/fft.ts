/** Power spectrum of 512 real samples, by a complex transform of half the length. */

const HALF = 256;

const cosines = Float64Array.from({ length: HALF }, (_, index) => Math.cos((2 * Math.PI * index) / (2 * HALF)));
const sines = Float64Array.from({ length: HALF }, (_, index) => -Math.sin((2 * Math.PI * index) / (2 * HALF)));
const reversed = Uint8Array.from({ length: HALF }, (_, index) => Number.parseInt(index.toString(2).padStart(8, '0').split('').reverse().join(''), 2));
const re = new Float64Array(HALF);
const im = new Float64Array(HALF);

/** `samples` [512] → |X|² of bins 0…255 into `power` [256]. */
export function powerSpectrum(samples: Float64Array, power: Float64Array): void {
  for (let index = 0; index < HALF; index += 1) {
    const from = 2 * (reversed[index] as number);
    re[index] = samples[from] as number;
    im[index] = samples[from + 1] as number;
  }
  transform();
  unpack(power);
}

/** Radix 2, decimation in time, in place. */
function transform(): void {
  for (let size = 1; size < HALF; size *= 2) {
    const stride = HALF / size;
    for (let offset = 0; offset < size; offset += 1) {
      const c = cosines[offset * stride] as number;
      const s = sines[offset * stride] as number;
      for (let low = offset; low < HALF; low += 2 * size) {
        const high = low + size;
        // No arrays to take apart in here: they are made, and take three quarters of the time.
        const highRe = re[high] as number;
        const highIm = im[high] as number;
        const x = highRe * c - highIm * s;
        const y = highRe * s + highIm * c;
        const lowRe = re[low] as number;
        const lowIm = im[low] as number;
        re[high] = lowRe - x;
        im[high] = lowIm - y;
        re[low] = lowRe + x;
        im[low] = lowIm + y;
      }
    }
  }
}

/** Even samples were the real part, odd ones the imaginary part: their spectra are taken apart and joined. */
function unpack(power: Float64Array): void {
  for (let bin = 0; bin < HALF; bin += 1) {
    const mirror = (HALF - bin) % HALF;
    const a = re[bin] as number;
    const b = im[bin] as number;
    const c = re[mirror] as number;
    const d = im[mirror] as number;
    const evenRe = (a + c) / 2;
    const evenIm = (b - d) / 2;
    const oddRe = (b + d) / 2;
    const oddIm = (c - a) / 2;
    const cosine = cosines[bin] as number;
    const sine = sines[bin] as number;
    const x = evenRe + oddRe * cosine - oddIm * sine;
    const y = evenIm + oddRe * sine + oddIm * cosine;
    power[bin] = x * x + y * y;
  }
}
