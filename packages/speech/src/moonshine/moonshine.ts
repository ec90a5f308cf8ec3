/** Moonshine tiny: a small recogniser of English that comes with the product. */
import type { ModelInfo, TranscribeOptions } from '@bulk-transcribe/protocol';
import type { InstalledModel } from '../models.ts';
import type { Recogniser, Recognition } from '../recognise/recogniser.ts';
import type { SpeechWindow } from '../vad/pack-windows.ts';
import { settleTimes } from '../whisper/segments/settle-times.ts';
import { BEST_THREADS, DECODED_TOGETHER, LEAST_SAMPLES, LONGEST_WINDOW, PADDING } from './constants.ts';
import { type Decoded, decodeBatch } from './decode-batch.ts';
import { deservesSecondTry, tryAgain } from './second-try.ts';
import { type MoonshineSessions, openSessions } from './sessions.ts';
import { spokenSentences } from './spoken-sentences.ts';
import { timedWords } from './timed-words.ts';
import { textOf } from './vocabulary.ts';

export interface Moonshine {
  readonly info: ModelInfo;
  readonly threads: number;
  readonly recogniserFor: (options: Pick<TranscribeOptions, 'wordTimes'>) => Recogniser;
}

/** `threads` 0 = as measured best. `graphsDir`: where the decoder's graph is kept. */
export async function openMoonshine(model: InstalledModel, { threads, graphsDir }: { threads: number; graphsDir: string }): Promise<Moonshine> {
  const used = threads || BEST_THREADS;
  const sessions = await openSessions(model, { threads: used, cacheFolder: graphsDir });
  return {
    info: model.info,
    threads: used,
    recogniserFor: ({ wordTimes }) => ({
      info: model.info,
      files: model.files,
      device: 'cpu',
      threads: used,
      windows: { longest: LONGEST_WINDOW, padding: PADDING },
      // No more at once: a death costs what is being heard, and the reader sees text as often.
      batchSize: DECODED_TOGETHER,
      recognise: (windows, signal) => recognise(windows, { sessions, signal, wordTimes }),
    }),
  };
}

interface Session {
  readonly sessions: MoonshineSessions;
  readonly signal: AbortSignal;
  readonly wordTimes: boolean;
}

async function recognise(windows: readonly SpeechWindow[], session: Session): Promise<Recognition[]> {
  const answers = windows.map((): Recognition => ({ text: '', avgLogProb: 0, loopCut: false }));
  const byLength = [...windows.keys()].filter((index) => lengthOf(windows[index]) >= LEAST_SAMPLES);
  byLength.sort((a, b) => lengthOf(windows[a]) - lengthOf(windows[b]));
  for (let at = 0; at < byLength.length; at += DECODED_TOGETHER) {
    const group = byLength.slice(at, at + DECODED_TOGETHER);
    const recognised = await recogniseTogether(
      group.flatMap((index) => windows[index] ?? []),
      session,
    );
    for (const [place, index] of group.entries()) answers[index] = recognised[place] as Recognition;
  }
  return answers;
}

const lengthOf = (window: SpeechWindow | undefined): number => window?.samples.length ?? 0;

async function recogniseTogether(windows: readonly SpeechWindow[], session: Session): Promise<Recognition[]> {
  const decode = (audio: readonly Float32Array[]) => decodeBatch(session.sessions, audio, session.signal);
  const decoded = await decode(windows.map(({ samples }) => samples));
  const answers: Recognition[] = [];
  for (const [index, window] of windows.entries()) {
    const first = { decoded: decoded[index] as Decoded, offset: 0 };
    const heard = window.speech.reduce((sum, { start, end }) => sum + end - start, 0);
    const again = async (samples: Float32Array) => (await decode([samples]))[0] as Decoded;
    const best = deservesSecondTry(first.decoded, heard) ? await tryAgain(first, window.samples, again) : first;
    answers.push(recognitionOf(best.decoded, { window, offset: best.offset, wordTimes: session.wordTimes }));
  }
  return answers;
}

interface Place {
  readonly window: SpeechWindow;
  readonly offset: number;
  readonly wordTimes: boolean;
}

function recognitionOf(decoded: Decoded, { window, offset, wordTimes }: Place): Recognition {
  const { avgLogProb, loopCut } = decoded;
  const timed = settleTimes(spokenSentences(timedWords(decoded, window, offset), avgLogProb), window.speech);
  const segments = wordTimes ? timed : timed.map(({ words: _, ...segment }) => segment);
  return { text: textOf(decoded.tokens), avgLogProb, loopCut, segments };
}
