/** Text where nobody speaks is heard once more, by itself: if nothing is said there then, it was invented. Either way the reader is told. */
import type { Warning } from '@bulk-transcribe/protocol';
import { SAMPLE_RATE } from '../../decode/decoder.ts';
import { seconds } from '../../time.ts';
import type { Span } from '../../vad/span-tracker.ts';
import { type Heard, hear, type Session } from '../hear.ts';
import type { TimedText } from '../segments/timed-text.ts';
import { partOf, speechBetween } from '../stretch.ts';

/** Samples (0.3 s). Timestamps are that uncertain. */
const TOLERANCE = Math.round(0.3 * SAMPLE_RATE);

export async function settleSilence(heard: readonly Heard[], session: Session): Promise<Heard[]> {
  const silent = heard.flatMap((item) => item.texts.filter((text) => isOverSilence(text, item)).map((text) => ({ item, text })));
  const again = await hear(
    silent.map(({ item, text }) => partOf(item.stretch, { start: text.start - TOLERANCE, end: text.end + TOLERANCE }, item.language)),
    session,
  );
  const verdicts = new Map(silent.map(({ text }, index) => [text, verdictOn(text, again[index])]));
  return heard.map((item) => ({
    ...item,
    texts: item.texts.filter((text) => verdicts.get(text)?.kept ?? true),
    findings: [...item.findings, ...item.texts.flatMap((text) => verdicts.get(text)?.finding ?? [])],
  }));
}

const isOverSilence = ({ start, end }: TimedText, { stretch }: Heard): boolean =>
  speechBetween(stretch.window.speech, { start: start - TOLERANCE, end: end + TOLERANCE }) === 0;

function verdictOn(text: TimedText, again: Heard | undefined): { kept: boolean; finding: Warning } {
  if (again && again.texts.length > 0) {
    const message = 'There is text here, but no speech was found by its sound.';
    return { kept: true, finding: { code: 'text_over_silence', message, ...placeOf(text) } };
  }
  const message = `No speech is heard here, and nothing was recognised at a second try; what came first was left out: “${text.text}”`;
  // Times behind the end leave the text no length: what was heard again has one.
  return { kept: false, finding: { code: 'noise_left_out', message, ...placeOf(again?.stretch ?? text) } };
}

const placeOf = ({ start, end }: Span): { start: number; end: number } => ({ start: seconds(start), end: seconds(end) });
