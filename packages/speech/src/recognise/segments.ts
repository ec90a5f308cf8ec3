/**
 * A window's text as segments. Where the model gives no times inside a window, a segment begins and ends only where the
 * voice activity detection heard a pause. Which pause belongs to which end of a sentence is estimated: text and speech
 * are taken to run at an even pace. A sentence end without a fitting pause makes no segment of its own.
 */
import type { Segment, SegmentDecoding, Word } from '@bulk-transcribe/protocol';
import { SAMPLE_RATE } from '../decode/decoder.ts';
import { seconds } from '../time.ts';
import type { SpeechWindow } from '../vad/pack-windows.ts';
import type { Span } from '../vad/span-tracker.ts';
import type { RecognisedSegment, RecognisedWord, Recognition } from './recogniser.ts';
import { splitSentences } from './sentences.ts';

/** Samples. An estimate that is off by more than this (1.5 s) proves nothing about a pause. */
const FARTHEST = 1.5 * SAMPLE_RATE;
/** A pause between sentences is long: each second of it outweighs a second of distance. */
const LENGTH_WEIGHT = 1;
/** Samples (0.2 s). Speech begins and fades more softly than the detection hears; who clicks a line wants its first sound. */
const MARGIN = 0.2 * SAMPLE_RATE;

interface Pause extends Span {
  /** Samples of speech before it in the window. */
  readonly speechBefore: number;
}

export function segmentsOf(window: SpeechWindow, { text, avgLogProb, segments }: Recognition): Segment[] {
  if (segments) return segments.map(toSegment);
  if (!text) return [];
  const logProb = rounded(avgLogProb);
  return groupByPauses(window, splitSentences(text)).map(({ start, end, text }) => ({
    start: seconds(start),
    end: seconds(end),
    text,
    avgLogProb: logProb,
  }));
}

const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;

const toSegment = ({ start, end, text, avgLogProb, words, decoding }: RecognisedSegment): Segment => ({
  start: seconds(start),
  end: seconds(end),
  text,
  avgLogProb: rounded(avgLogProb),
  ...(words && { words: words.map(toWord) }),
  ...(decoding && toDecoding(decoding)),
});

const toDecoding = ({ tokens, temperature, compressionRatio, noSpeechProb, seek }: SegmentDecoding): SegmentDecoding => ({
  tokens,
  temperature: rounded(temperature),
  compressionRatio: rounded(compressionRatio),
  noSpeechProb: rounded(Math.min(1, noSpeechProb)),
  seek,
});

const toWord = ({ start, end, text, confidence }: RecognisedWord): Word => ({
  start: seconds(start),
  end: seconds(end),
  text,
  confidence: rounded(Math.min(1, confidence)),
});

function groupByPauses(window: SpeechWindow, sentences: readonly string[]): (Span & { text: string })[] {
  const pauses = pausesOf(window.speech);
  const speech = window.speech.reduce((sum, { start, end }) => sum + end - start, 0);
  const length = sentences.reduce((sum, sentence) => sum + sentence.length, 0);
  const groups: (Span & { text: string })[] = [];
  let start = window.start;
  let open: string[] = [];
  let spoken = 0;
  for (const sentence of sentences) {
    open.push(sentence);
    spoken += sentence.length;
    const pause = spoken < length ? takePause(pauses, (speech * spoken) / length) : null;
    if (!pause) continue;
    const margin = Math.min(MARGIN, (pause.end - pause.start) / 2);
    groups.push({ start, end: pause.start + margin, text: open.join(' ') });
    start = pause.end - margin;
    open = [];
  }
  return [...groups, { start, end: window.end, text: open.join(' ') }];
}

function pausesOf(speech: readonly Span[]): Pause[] {
  let before = 0;
  return speech.slice(1).map((span, index) => {
    const previous = speech[index] ?? span;
    before += previous.end - previous.start;
    return { start: previous.end, end: span.start, speechBefore: before };
  });
}

/** The pause that fits best to a border after so much speech. It and all earlier ones are used up. */
function takePause(pauses: Pause[], expected: number): Pause | null {
  const cost = ({ speechBefore, start, end }: Pause) => Math.abs(speechBefore - expected) - LENGTH_WEIGHT * (end - start);
  const near = pauses.filter(({ speechBefore }) => Math.abs(speechBefore - expected) <= FARTHEST);
  const best = near.toSorted((a, b) => cost(a) - cost(b))[0];
  if (!best) return null;
  pauses.splice(0, pauses.indexOf(best) + 1);
  return best;
}
