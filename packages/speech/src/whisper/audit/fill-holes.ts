/** Speech without text is heard once more, by itself: in a long window Whisper leaves out whole sentences. */
import type { Warning } from '@bulk-transcribe/protocol';
import { SAMPLE_RATE } from '../../decode/decoder.ts';
import { seconds } from '../../time.ts';
import type { SpeechWindow } from '../../vad/pack-windows.ts';
import type { Span } from '../../vad/span-tracker.ts';
import { type Heard, hear, type Session } from '../hear.ts';
import { NO_CONTEXT } from '../prompt.ts';
import { openText } from '../segments/open-text.ts';
import type { TimedText } from '../segments/timed-text.ts';
import { partOf, type Stretch, speechBetween } from '../stretch.ts';
import { coveredBy } from './coverage.ts';
import { holesIn } from './holes.ts';
import { repeatsNeighbours } from './repeats.ts';

/** Samples (0.3 s) of audio around the speech. */
const MARGIN = Math.round(0.3 * SAMPLE_RATE);

/** Samples (1 s). A hole with less speech that stays one is a cough, a laugh, a breath. */
const TELLING = SAMPLE_RATE;
/** Of no-speech, and mean natural-log probability: between texts that are sure, what is found must be surer than usual. */
const MOST_NO_SPEECH = 0.5;
const LEAST_LOG_PROB = -0.8;

interface Hole extends Span {
  readonly stretch: Stretch;
}

/** What is found in the holes goes in its place; a hole that stays one is a finding. */
export async function fillHoles(heard: readonly Heard[], session: Session): Promise<Heard[]> {
  const holes = holesOf(heard);
  const plain = { ...session, setup: { ...session.setup, context: NO_CONTEXT, glossary: [] } };
  const found = await hear(
    holes.map(({ stretch }) => stretch),
    plain,
  );
  const filled = found.flatMap((item, index) => {
    const hole = holes[index];
    return hole && isNews(item, heard) ? { item, hole } : [];
  });
  const opened = heard.map((item) =>
    openAt(
      item,
      filled.map(({ hole }) => hole),
    ),
  );
  return withMissing([...opened, ...filled.map(({ item }) => item)]);
}

function holesOf(heard: readonly Heard[]): Hole[] {
  return windowsOf(heard).flatMap((window) => {
    const own = ofWindow(heard, window);
    const covered = coveredBy(own.flatMap(({ texts }) => texts));
    return holesIn(window, covered).flatMap((hole) => (own[0] ? holeAt(hole, covered, own[0]) : []));
  });
}

/** Not into the text of the neighbours, which would be heard twice. */
function holeAt(hole: Span, covered: readonly Span[], { stretch, language }: Heard): Hole {
  const start = Math.max(hole.start - MARGIN, ...covered.filter(({ end }) => end <= hole.start).map(({ end }) => end));
  const end = Math.min(hole.end + MARGIN, ...covered.filter((span) => span.start >= hole.end).map((span) => span.start));
  return { ...hole, stretch: partOf(stretch, { start, end }, language) };
}

function isNews(found: Heard, heard: readonly Heard[]): boolean {
  const row = found.decoded?.attempt.row;
  if (!row || row.noSpeechProb > MOST_NO_SPEECH || row.avgLogProb < LEAST_LOG_PROB) return false;
  const near = ofWindow(heard, found.stretch.window).flatMap(({ texts }) => texts.filter((text) => touches(text, found.stretch)));
  const text = found.texts.map((item) => item.text).join(' ');
  return (
    text !== '' &&
    !repeatsNeighbours(
      text,
      near.map((item) => item.text),
    )
  );
}

/** Samples (3 s). */
const BESIDE = 3 * SAMPLE_RATE;
const touches = (text: TimedText, { start, end }: Span): boolean => text.start < end + BESIDE && text.end > start - BESIDE;

/** A text that goes on over the hole is cut there, so that what was found fits in between. */
function openAt(item: Heard, holes: readonly Hole[]): Heard {
  const own = holes.filter(({ stretch }) => stretch.window === item.stretch.window);
  return { ...item, texts: own.reduce((texts, hole) => texts.flatMap((text) => openText(text, hole)), item.texts) };
}

function withMissing(all: readonly Heard[]): Heard[] {
  const left = holesOf(all).filter(({ start, end, stretch }) => speechBetween(stretch.window.speech, { start, end }) > TELLING);
  return all.map((item) => {
    const first = ofWindow(all, item.stretch.window)[0] === item;
    const own = first ? left.filter(({ stretch }) => stretch.window === item.stretch.window) : [];
    return { ...item, findings: [...item.findings, ...own.map(missing)] };
  });
}

const missing = ({ start, end }: Hole): Warning => ({
  code: 'speech_without_text',
  message: 'This sounds like speech, but no text was recognised.',
  start: seconds(start),
  end: seconds(end),
});

const windowsOf = (heard: readonly Heard[]): SpeechWindow[] => [...new Set(heard.map(({ stretch }) => stretch.window))];
const ofWindow = (heard: readonly Heard[], window: SpeechWindow): Heard[] => heard.filter(({ stretch }) => stretch.window === window);
