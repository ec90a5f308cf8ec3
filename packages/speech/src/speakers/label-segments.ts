/**
 * Segments get speakers: each word the one who speaks longest in it; segments are cut where the speaker changes. A change
 * that lies within a sentence by a few hundred milliseconds is moved to its end: people change at sentence ends, and
 * both times, that of the word and that of the turn, are only so exact.
 */
import type { Segment, SpeakerTurn, Word } from '@bulk-transcribe/protocol';
import { cutSegment } from './cut-segment.ts';
import { SpeakerTimeline } from './speaker-timeline.ts';
import { wordsBySentence } from './words-by-sentence.ts';

/** Seconds. So far a change of speaker may lie from the end of a sentence and still be meant to be there. */
const SNAP = 0.6;
/** Seconds. A run of words shorter than this within a sentence of somebody else is no turn of its own. */
const SHORTEST = 0.4;
const SENTENCE_END = /[.?!…。？！]["'”’)\]]*$/u;

export function labelSegments(segments: readonly Segment[], turns: readonly SpeakerTurn[]): Segment[] {
  const timeline = new SpeakerTimeline(turns);
  return segments.flatMap((segment) => (segment.words?.length ? labelByWords(segment, timeline) : labelBySentences(segment, timeline)));
}

function labelByWords(segment: Segment, timeline: SpeakerTimeline): Segment[] {
  const words = segment.words ?? [];
  const voices = words.map(({ start, end }) => timeline.at(start, end));
  const speakers = settle(
    words,
    voices.map((voice) => voice?.speaker ?? null),
  );
  const labelled = words.map((word, index): Word => {
    const speaker = speakers[index];
    const other = [voices[index]?.speaker, voices[index]?.other].find((voice) => voice !== undefined && voice !== speaker);
    return { ...word, ...(speaker && { speaker }), ...(other && voices[index]?.other && { otherSpeaker: other }) };
  });
  const cuts = changes(speakers);
  return cutSegment({ ...segment, words: labelled }, cuts).map((piece, index) => {
    const speaker = piece.words?.[0]?.speaker;
    return { ...piece, ...(speaker && { speaker }), ...(index > 0 && { continues: true }) };
  });
}

/** Without word times a sentence is the smallest piece; its time is estimated, so that only a border between sentences is a place to cut. */
function labelBySentences(segment: Segment, timeline: SpeakerTimeline): Segment[] {
  const words = wordsBySentence(segment);
  const speakers = fillGaps(words.map(({ start, end }) => timeline.at(start, end)?.speaker ?? null));
  const pieces = cutSegment({ ...segment, words }, changes(speakers));
  let at = 0;
  return pieces.map(({ words: own = [], ...piece }, index) => {
    const speaker = speakers[at];
    at += own.length;
    return { ...piece, ...(speaker && { speaker }), ...(index > 0 && { continues: true }) };
  });
}

/** Indexes of the words that begin with another speaker than the one before. */
const changes = (speakers: readonly (string | null)[]): number[] =>
  speakers.flatMap((speaker, index) => (index > 0 && speaker !== speakers[index - 1] ? index : []));

function settle(words: readonly Word[], heard: readonly (string | null)[]): (string | null)[] {
  const speakers = fillGaps(heard);
  dropIslands(words, speakers);
  for (const change of changes(speakers)) moveToSentenceEnd(words, speakers, change);
  return speakers;
}

/** A word that nobody was heard in belongs to who spoke before it; at the start, to who speaks next. */
function fillGaps(heard: readonly (string | null)[]): (string | null)[] {
  let last = heard.find((speaker) => speaker !== null) ?? null;
  return heard.map((speaker) => {
    last = speaker ?? last;
    return last;
  });
}

/** A word or two within a sentence of somebody else: but "Yes." between two sentences stays. */
function dropIslands(words: readonly Word[], speakers: (string | null)[]): void {
  const borders = [0, ...changes(speakers), speakers.length];
  for (let run = 1; run + 2 < borders.length; run++) {
    const [from = 0, to = 0] = [borders[run], borders[run + 1]];
    const around = speakers[from - 1];
    const length = (words[to - 1]?.end ?? 0) - (words[from]?.start ?? 0);
    const ownSentence = endsSentence(words[from - 1]) && endsSentence(words[to - 1]);
    if (around === undefined || speakers[to] !== around || length >= SHORTEST || ownSentence) continue;
    speakers.fill(around, from, to);
  }
}

/** Moves one change to the nearest border between sentences, where one is near and neither turn would vanish by it. */
function moveToSentenceEnd(words: readonly Word[], speakers: (string | null)[], change: number): void {
  const [before = null, after = null] = [speakers[change - 1], speakers[change]];
  if (before === after || endsSentence(words[change - 1])) return;
  const place = nearestSentenceEnd(words, change);
  if (place === null) return;
  const [from, to, speaker] = place < change ? [place, change, after] : [change, place, before];
  const unbroken = speakers.slice(from, to).every((one) => one === (place < change ? before : after));
  const remains = place < change ? speakers[from - 1] === before : speakers[to] === after;
  if (unbroken && remains) speakers.fill(speaker, from, to);
}

function nearestSentenceEnd(words: readonly Word[], change: number): number | null {
  const at = words[change]?.start ?? 0;
  let best: number | null = null;
  let nearest = SNAP;
  for (let place = 1; place < words.length; place++) {
    const distance = Math.abs((words[place]?.start ?? 0) - at);
    if (distance > nearest || !endsSentence(words[place - 1])) continue;
    best = place;
    nearest = distance;
  }
  return best;
}

const endsSentence = (word: Word | undefined): boolean => word === undefined || SENTENCE_END.test(word.text);
