/** The grid of time that diarization works on. Fixed by the segmentation model; samples are 16 kHz. */
import { SAMPLE_RATE } from '../decode/decoder.ts';

/** Samples that the segmentation model hears at once: 10 s. */
export const WINDOW = 10 * SAMPLE_RATE;
/** Frames that it tells of a window. */
export const FRAMES = 589;
/** Samples between frames: 16.875 ms. */
export const FRAME_STEP = 270;
/** Samples that one frame sees. */
const FIELD = 991;
/** Frames between windows, 2.4975 s: a whole number, so that all windows share one grid of frames. */
export const WINDOW_STEP = 148;
/** Samples between windows. */
export const HOP = WINDOW_STEP * FRAME_STEP;
/** Speakers that the model tells apart within a window. */
export const LOCAL_SPEAKERS = 3;

/** Seconds. */
export const FRAME_SEC = FRAME_STEP / SAMPLE_RATE;
const CENTRE_0 = FIELD / 2 / SAMPLE_RATE;
/** Seconds: where frame `index` begins; it ends where the next one begins. */
export const frameStart = (index: number): number => CENTRE_0 - FRAME_SEC / 2 + index * FRAME_SEC;

/** Local speakers in a frame, one bit each, by what is set in it. */
export const ACTIVE_COUNT = [0, 1, 1, 2, 1, 2, 2, 3] as const;

/** Windows that cover a recording; the last one is filled up with silence. */
export const windowsIn = (samples: number): number => Math.max(1, 1 + Math.ceil((samples - WINDOW) / HOP));
/** Frames of a recording: those whose first sample it has. */
export const framesIn = (samples: number): number => Math.min((windowsIn(samples) - 1) * WINDOW_STEP + FRAMES, Math.floor(samples / FRAME_STEP) + 1);
