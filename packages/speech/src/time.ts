import { SAMPLE_RATE } from './decode/decoder.ts';

/** Samples as seconds, to the millisecond. */
export const seconds = (samples: number): number => Math.round((samples * 1000) / SAMPLE_RATE) / 1000;
