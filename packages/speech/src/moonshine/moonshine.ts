/** Moonshine tiny: a small recogniser of English that comes with the product. */

import type { InstalledModel } from '../models.ts';
import type { Recogniser, Recognition } from '../recognise/recogniser.ts';
import type { SpeechWindow } from '../vad/pack-windows.ts';
import { BEST_THREADS, LEAST_SAMPLES, LONGEST_WINDOW, PADDING } from './constants.ts';
import { decodeGreedily } from './greedy-decoding.ts';
import { deservesSecondTry, tryAgain } from './second-try.ts';
import { type MoonshineSessions, openSessions } from './sessions.ts';
import { textOf } from './vocabulary.ts';

/** `threads` 0 = as measured best. */
export async function openMoonshine(model: InstalledModel, threads: number): Promise<Recogniser> {
  const used = threads || BEST_THREADS;
  const sessions = await openSessions(model.path('encoder_model.onnx'), model.path('decoder_model_merged.onnx'), used);
  return {
    info: model.info,
    files: model.files,
    device: 'cpu',
    threads: used,
    windows: { longest: LONGEST_WINDOW, padding: PADDING },
    // No attention mask, and one int8 scale per tensor: windows in a batch would hear each other.
    batchSize: 1,
    recognise: async (windows, signal) => {
      const results: Recognition[] = [];
      for (const window of windows) results.push(await recogniseWindow(sessions, window, signal));
      return results;
    },
  };
}

async function recogniseWindow(sessions: MoonshineSessions, { samples, speech }: SpeechWindow, signal: AbortSignal): Promise<Recognition> {
  if (samples.length < LEAST_SAMPLES) return { text: '', avgLogProb: 0, loopCut: false };
  const decode = (audio: Float32Array) => decodeGreedily(sessions, audio, signal);
  const first = await decode(samples);
  const heard = speech.reduce((sum, { start, end }) => sum + end - start, 0);
  const { tokens, avgLogProb, loopCut } = deservesSecondTry(first, heard) ? await tryAgain(first, samples, decode) : first;
  return { text: textOf(tokens), avgLogProb, loopCut };
}
