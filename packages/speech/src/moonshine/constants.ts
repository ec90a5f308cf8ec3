/** Moonshine tiny in numbers: shapes from its ONNX graphs, limits measured on English speech. */
import { SAMPLE_RATE } from '../decode/decoder.ts';

export const LAYERS = 6;
export const HEADS = 8;
export const HEAD_SIZE = 36;

/** Receptive field of the encoder's convolutions, samples (56 ms): with fewer they have no output. */
export const LEAST_SAMPLES = 895;

/** Samples. Shorter windows lack context; above 30 s, which it was trained for, it loops and loses words. */
export const LONGEST_WINDOW = 15 * SAMPLE_RATE;
/** Samples of real audio around speech. More lets noise in; silence made of zeros is heard as words. */
export const PADDING = Math.round(0.2 * SAMPLE_RATE);

/** Speech has at most 5.0 tokens per second: only a loop reaches this limit. */
const TOKENS_PER_SECOND = 6.5;
const EXTRA_TOKENS = 8;
export const tokenLimit = (samples: number): number => Math.ceil((TOKENS_PER_SECOND * samples) / SAMPLE_RATE) + EXTRA_TOKENS;

/** One thread: a second one costs more CPU than it saves time. */
export const BEST_THREADS = 1;
