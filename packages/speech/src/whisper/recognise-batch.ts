/** Windows become texts: decode, go on behind the last segment, look for what was missed, put all in order. */
import type { Recognition } from '../recognise/recogniser.ts';
import type { SpeechWindow } from '../vad/pack-windows.ts';
import { fillHoles } from './audit/fill-holes.ts';
import { settleSilence } from './audit/settle-silence.ts';
import { goOn } from './go-on.ts';
import { type Heard, hear, type Session } from './hear.ts';
import { settleTimes } from './segments/settle-times.ts';
import { wholeOf } from './stretch.ts';

/** `opening`: how the windows are heard at first, where that is another way than for what is left of them. */
export async function recogniseBatch(windows: readonly SpeechWindow[], session: Session, opening = session): Promise<Recognition[]> {
  const first = await hear(windows.map(wholeOf), opening);
  const whole = await goOn(first, session);
  const audited = await settleSilence(await fillHoles(whole, session), session);
  const { wordTimes } = session.setup;
  return windows.map((window) => recognitionOf(window, { heard: audited.filter(({ stretch }) => stretch.window === window), wordTimes }));
}

interface Result {
  readonly heard: readonly Heard[];
  readonly wordTimes: boolean;
}

function recognitionOf(window: SpeechWindow, { heard, wordTimes }: Result): Recognition {
  const timed = settleTimes(
    heard.flatMap(({ texts }) => texts),
    window.speech,
  );
  // The audit may know words that nobody asked for.
  const segments = wordTimes ? timed : timed.map(({ words: _, ...segment }) => segment);
  const logProbs = segments.map(({ avgLogProb }) => avgLogProb);
  return {
    text: segments.map(({ text }) => text).join(' '),
    avgLogProb: logProbs.reduce((sum, value) => sum + value, 0) / Math.max(1, logProbs.length),
    loopCut: false,
    segments,
    language: heard[0]?.language ?? null,
    findings: heard.flatMap(({ findings }) => findings),
  };
}
