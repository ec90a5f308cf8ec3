import type { Segment, Word } from '@bulk-transcribe/protocol';

/** The segment in pieces, cut before the words with these indexes (ascending). All words and all of the text are in one of them. */
export function cutSegment(segment: Segment, cuts: readonly number[]): Segment[] {
  const { words = [], text } = segment;
  const inner = cuts.filter((cut) => cut > 0 && cut < words.length);
  if (inner.length === 0) return [segment];
  const places = placesOf(text, words);
  const borders = [0, ...inner, words.length];
  return inner.concat(words.length).map((to, piece) => {
    const from = borders[piece] ?? 0;
    const own = words.slice(from, to);
    return {
      ...segment,
      start: from === 0 ? segment.start : (own[0]?.start ?? segment.start),
      end: to === words.length ? segment.end : (own.at(-1)?.end ?? segment.end),
      text: places ? text.slice(places[from], places[to]).trim() : own.map((word) => word.text).join(' '),
      words: own,
    };
  });
}

/** Where each word begins in the text, and its end behind them; null where the words are not the text's. */
function placesOf(text: string, words: readonly Word[]): number[] | null {
  const places: number[] = [];
  let at = 0;
  for (const [index, word] of words.entries()) {
    const place = text.indexOf(word.text, at);
    if (place < 0) return null;
    places.push(index === 0 ? 0 : place);
    at = place + word.text.length;
  }
  return [...places, text.length];
}
