/** Whisper in numbers that hold for every checkpoint (paper and reference implementation); everything else is read from the files. */
import { SAMPLE_RATE } from '../decode/decoder.ts';

/** Samples (20 ms) of one encoder frame, and of one step of a timestamp token. */
export const FRAME = SAMPLE_RATE / 50;
/** Samples (10 ms) of one step of OpenAI's `seek`. */
export const SEEK_FRAME = SAMPLE_RATE / 100;
/** Samples (30 s) that the model hears at once. */
export const LONGEST_WINDOW = 30 * SAMPLE_RATE;
/** Samples (0.4 s) of real audio around speech. */
export const PADDING = Math.round(0.4 * SAMPLE_RATE);
