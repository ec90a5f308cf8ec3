/** Speech without text is heard once more, by itself: in a long window Whisper leaves out whole sentences. */
import type { Warning } from '@bulk-transcribe/protocol';
import { SAMPLE_RATE } from '../../decode/decoder.ts';
import { seconds } from '../../time.ts';
import type { Span } from '../../vad/span-tracker.ts';
import { type Heard, hear, type Session } from '../hear.ts';
import { NO_CONTEXT } from '../prompt.ts';
import { partOf, type Stretch } from '../stretch.ts';
import { holesIn } from './holes.ts';

/** Samples (0.3 s) of audio around the speech. */
const MARGIN = Math.round(0.3 * SAMPLE_RATE);

interface Hole extends Span {
  readonly stretch: Stretch;
}

/** What is found in the holes comes behind what was there; a hole that stays one is a finding. */
export async function fillHoles(heard: readonly Heard[], session: Session): Promise<Heard[]> {
  const plain = { ...session, setup: { ...session.setup, context: NO_CONTEXT } };
  const found = await hear(
    holesOf(heard).map(({ stretch }) => stretch),
    plain,
  );
  const all = [...heard, ...found];
  const left = holesOf(all);
  return all.map((item) => {
    const own = left.filter(({ stretch }) => stretch.window === item.stretch.window);
    const isFirst = all.find(({ stretch }) => stretch.window === item.stretch.window) === item;
    return isFirst ? { ...item, findings: [...item.findings, ...own.map(missing)] } : item;
  });
}

function holesOf(heard: readonly Heard[]): Hole[] {
  const windows = [...new Set(heard.map(({ stretch }) => stretch.window))];
  return windows.flatMap((window) => {
    const own = heard.filter(({ stretch }) => stretch.window === window);
    const [whole] = own;
    if (!whole) return [];
    const texts = own.flatMap((item) => item.texts).toSorted((a, b) => a.start - b.start);
    return holesIn(window, texts).map((hole) => {
      // Not into the text of the neighbours, which would be heard twice.
      const start = Math.max(hole.start - MARGIN, ...texts.filter(({ end }) => end <= hole.start).map(({ end }) => end));
      const end = Math.min(hole.end + MARGIN, ...texts.filter((text) => text.start >= hole.end).map((text) => text.start));
      return { ...hole, stretch: partOf(whole.stretch, { start, end }, whole.language) };
    });
  });
}

const missing = ({ start, end }: Hole): Warning => ({
  code: 'speech_without_text',
  message: 'This sounds like speech, but no text was recognised.',
  start: seconds(start),
  end: seconds(end),
});
