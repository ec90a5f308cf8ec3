import type { SpeakerTurn } from '@bulk-transcribe/protocol';

/** Seconds. Speech as the segmentation and as the recogniser hear it differ by some 0.1 s; beyond this a turn says nothing of a word. */
const NEAREST = 0.5;
/** Share of a word that a second voice must cover to count as speaking at the same time. */
const OVERLAP = 0.5;

export interface Voices {
  readonly speaker: string;
  readonly other?: string;
}

/** Who speaks in a span of time: the turns of each speaker, which do not overlap each other, by binary search. */
export class SpeakerTimeline {
  readonly #turns: ReadonlyMap<string, readonly SpeakerTurn[]>;

  constructor(turns: readonly SpeakerTurn[]) {
    this.#turns = Map.groupBy(
      turns.toSorted((a, b) => a.start - b.start),
      ({ speaker }) => speaker,
    );
  }

  /** Who speaks longest in the span, else who speaks nearest to it; null where nobody does within half a second. */
  at(start: number, end: number): Voices | null {
    const heard = [...this.#turns].map(([speaker, turns]) => ({ speaker, ...hear(turns, start, end) }));
    const [first, second] = heard.toSorted((a, b) => b.overlap - a.overlap || a.distance - b.distance);
    if (!first || (first.overlap === 0 && first.distance > NEAREST)) return null;
    const both = second !== undefined && end > start && second.overlap >= OVERLAP * (end - start);
    return { speaker: first.speaker, ...(both && { other: second.speaker }) };
  }
}

/** Seconds of the span that the turns cover, and how far the nearest of them is. */
function hear(turns: readonly SpeakerTurn[], start: number, end: number): { overlap: number; distance: number } {
  let overlap = 0;
  let index = firstEndingAfter(turns, start);
  let distance = start - (turns[index - 1]?.end ?? Number.NEGATIVE_INFINITY);
  for (; index < turns.length; index++) {
    const turn = turns[index];
    if (!turn) break;
    distance = Math.min(distance, Math.max(0, turn.start - end));
    if (turn.start >= end) break;
    overlap += Math.min(turn.end, end) - Math.max(turn.start, start);
  }
  return { overlap, distance };
}

function firstEndingAfter(turns: readonly SpeakerTurn[], time: number): number {
  let low = 0;
  let high = turns.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((turns[middle]?.end ?? 0) <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}
