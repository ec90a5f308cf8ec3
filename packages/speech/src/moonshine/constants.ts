/** Moonshine tiny in numbers: shapes of its graphs, limits measured on English speech. */
import { SAMPLE_RATE } from '../decode/decoder.ts';

export const LAYERS = 6;
export const HEADS = 8;
export const HEAD_SIZE = 36;
export const WIDTH = HEADS * HEAD_SIZE;
export const VOCABULARY = 32_768;
/** Dimensions of a head that turn with the position; the others know no order. */
export const ROTARY_SIZE = 32;

/** Samples (24 ms) between two positions of the encoder. */
export const FRAME = 384;
/** Receptive field of the encoder's convolutions, samples (56 ms): with fewer they have no output. */
export const LEAST_SAMPLES = 895;

/** Samples. Shorter windows lack context; above 30 s, which it was trained for, it loops and loses words. */
export const LONGEST_WINDOW = 15 * SAMPLE_RATE;
/** Samples of real audio around speech. More lets noise in; silence made of zeros is heard as words. */
export const PADDING = Math.round(0.2 * SAMPLE_RATE);

/** Speech has at most 5.0 tokens per second: only a loop reaches this limit. */
const TOKENS_PER_SECOND = 6.5;
const EXTRA_TOKENS = 8;
/** Positions that the decoder knows: more than 60 s have. */
export const MOST_TOKENS = 512;
export const tokenLimit = (samples: number): number => Math.min(MOST_TOKENS, Math.ceil((TOKENS_PER_SECOND * samples) / SAMPLE_RATE) + EXTRA_TOKENS);

/** [layer, head] that look at the sound of the token they choose; in the order in which the graph gives their scores. */
export const ALIGNMENT_HEADS: readonly (readonly [layer: number, head: number])[] = [
  [3, 6],
  [4, 3],
  [4, 6],
  [4, 7],
];

/** Windows that are decoded together: a step for 8 costs 3 times that for one, and past 8 little is won. */
export const DECODED_TOGETHER = 8;

/** One thread: a second one costs more CPU than it saves time. */
export const BEST_THREADS = 1;
