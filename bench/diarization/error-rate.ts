/** Diarization error rate as pyannote.metrics computes it: overlap scored, best mapping of speakers, a collar around the reference's boundaries. */

export interface Turn {
  readonly speaker: string;
  /** Seconds. */
  readonly start: number;
  readonly end: number;
}

/** Seconds, speakers times time: of speech, and of what is wrong with it. */
export interface DiarizationErrors {
  readonly speech: number;
  readonly missed: number;
  readonly falseAlarm: number;
  readonly confused: number;
}

export const errorRate = ({ speech, missed, falseAlarm, confused }: DiarizationErrors): number => (missed + falseAlarm + confused) / speech;

export const addErrors = (parts: readonly DiarizationErrors[]): DiarizationErrors => {
  const sum = (key: keyof DiarizationErrors) => parts.reduce((total, part) => total + part[key], 0);
  return { speech: sum('speech'), missed: sum('missed'), falseAlarm: sum('falseAlarm'), confused: sum('confused') };
};

/** `collar`: seconds on each side of a boundary that are not scored (half of what pyannote.metrics calls so). */
export function diarizationErrors(reference: readonly Turn[], hypothesis: readonly Turn[], collar: number): DiarizationErrors {
  const pieces = scoredPieces(reference, hypothesis, collar);
  const together = bestAgreement(pieces);
  let [speech, missed, falseAlarm, both] = [0, 0, 0, 0];
  for (const { length, said, heard } of pieces) {
    speech += said.length * length;
    missed += Math.max(0, said.length - heard.length) * length;
    falseAlarm += Math.max(0, heard.length - said.length) * length;
    both += Math.min(said.length, heard.length) * length;
  }
  return { speech, missed, falseAlarm, confused: both - together };
}

interface Piece {
  readonly length: number;
  readonly said: readonly string[];
  readonly heard: readonly string[];
}

/** Time cut wherever anything changes, without the collars. */
function scoredPieces(reference: readonly Turn[], hypothesis: readonly Turn[], collar: number): Piece[] {
  const edges = reference.flatMap(({ start, end }) => [start, end]);
  const collars = collar > 0 ? edges.map((edge) => ({ speaker: '', start: edge - collar, end: edge + collar })) : [];
  const times = [...reference, ...hypothesis, ...collars].flatMap(({ start, end }) => [start, end]);
  const cuts = [...new Set(times)].sort((a, b) => a - b);
  return cuts.slice(1).flatMap((end, index) => {
    const start = cuts[index] ?? end;
    const middle = (start + end) / 2;
    if (speakersAt(collars, middle).length > 0) return [];
    return [{ length: end - start, said: speakersAt(reference, middle), heard: speakersAt(hypothesis, middle) }];
  });
}

const speakersAt = (turns: readonly Turn[], time: number): string[] => [
  ...new Set(turns.filter(({ start, end }) => start <= time && time < end).map(({ speaker }) => speaker)),
];

/** Seconds in which the speakers of both agree, each of one with one of the other at most: over all mappings, the most. */
function bestAgreement(pieces: readonly Piece[]): number {
  const said = [...new Set(pieces.flatMap((piece) => piece.said))];
  const heard = [...new Set(pieces.flatMap((piece) => piece.heard))];
  const seconds = heard.map((voice) => said.map((speaker) => sharedSeconds(pieces, speaker, voice)));
  // By the set of reference speakers that are taken already; each voice takes one of the others, or none.
  let best = new Map([[0, 0]]);
  for (const row of seconds) {
    const next = new Map(best);
    for (const [taken, sum] of best) {
      for (const [index, shared] of row.entries()) {
        const bit = 2 ** index;
        if (Math.floor(taken / bit) % 2 === 1) continue;
        next.set(taken + bit, Math.max(next.get(taken + bit) ?? 0, sum + shared));
      }
    }
    best = next;
  }
  return Math.max(...best.values());
}

const sharedSeconds = (pieces: readonly Piece[], speaker: string, voice: string): number =>
  pieces.reduce((sum, { length, said, heard }) => (said.includes(speaker) && heard.includes(voice) ? sum + length : sum), 0);

/** Turns of an RTTM file. */
export const readRttm = (text: string): Turn[] =>
  text.split('\n').flatMap((line) => {
    const [kind, , , start = '', length = '', , , speaker = ''] = line.trim().split(/\s+/);
    return kind === 'SPEAKER' ? [{ speaker, start: Number(start), end: Number(start) + Number(length) }] : [];
  });
