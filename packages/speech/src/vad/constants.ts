/**
 * Voice activity detection in numbers. Model: Silero VAD v5. Thresholds as in its `get_speech_timestamps`;
 * silence and padding were chosen for the recogniser, which hears context well and silence badly.
 */
import { SAMPLE_RATE } from '../decode/decoder.ts';

/** Samples per probability: 32 ms. Fixed by the model. */
export const CHUNK = 512;
/** Samples of the previous chunk that the model wants in front of each chunk. */
export const CONTEXT = 64;
/** Size of the recurrent state. */
export const STATE = 128;

/** Speech begins at this probability … */
export const SPEECH_ON = 0.5;
/** … and goes on down to this one. */
export const SPEECH_OFF = 0.35;
/** Samples. A pause shorter than 0.16 s does not end a span. */
export const MIN_SILENCE = Math.round(0.16 * SAMPLE_RATE);
/** Samples. A span shorter than 0.1 s is a click, not speech. */
export const MIN_SPEECH = Math.round(0.1 * SAMPLE_RATE);
/** A span that is too long is cut at the quietest chunk of this last part of the longest window. */
export const CUT_REGION = 1 / 3;
