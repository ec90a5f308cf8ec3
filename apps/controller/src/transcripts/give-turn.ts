import type { SpeakerTurn } from '@bulk-transcribe/protocol';

/** Turns with what the main speaker of a span says there given to another; what others say in it stays theirs. */
export function giveTurn(turns: readonly SpeakerTurn[], { speaker, start, end }: SpeakerTurn): SpeakerTurn[] {
  const within = turns.filter((turn) => turn.start < end && turn.end > start);
  const from = mainSpeaker(within.map((turn) => ({ ...turn, start: Math.max(turn.start, start), end: Math.min(turn.end, end) })));
  if (from === speaker) return [...turns];
  const mine = within.filter((turn) => turn.speaker === from);
  const inside = mine.map((turn) => ({ speaker, start: Math.max(turn.start, start), end: Math.min(turn.end, end) }));
  const outside = mine.flatMap((turn) => [
    { ...turn, end: Math.min(turn.end, start) },
    { ...turn, start: Math.max(turn.start, end) },
  ]);
  const rest = turns.filter((turn) => !mine.includes(turn));
  const given = inside.length > 0 ? inside : [{ speaker, start, end }];
  return [...rest, ...outside, ...given].filter((turn) => turn.end > turn.start).toSorted((a, b) => a.start - b.start);
}

/** Who speaks longest. */
export function mainSpeaker(spans: readonly { speaker?: string; start: number; end: number }[]): string | undefined {
  const seconds = new Map<string, number>();
  for (const { speaker, start, end } of spans) if (speaker !== undefined) seconds.set(speaker, (seconds.get(speaker) ?? 0) + end - start);
  return [...seconds].toSorted(([, a], [, b]) => b - a)[0]?.[0];
}
