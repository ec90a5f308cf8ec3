import type { Segment, Word } from '@bulk-transcribe/protocol';

/** Scripts that put no blank between words, and their marks. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\u3000-\u303f\uff00-\uffef]/u;

/** Segments as they were before they were given speakers and cut where those change. */
export function joinSegments(segments: readonly Segment[]): Segment[] {
  const joined: Segment[] = [];
  for (const segment of segments) {
    const bare = withoutSpeaker(segment);
    const before = segment.continues ? joined.pop() : undefined;
    joined.push(before ? join(before, bare) : bare);
  }
  return joined;
}

function join(before: Segment, after: Segment): Segment {
  const words = [...(before.words ?? []), ...(after.words ?? [])];
  const blank = UNSPACED.test(before.text.at(-1) ?? '') && UNSPACED.test(after.text[0] ?? '') ? '' : ' ';
  return { ...before, end: after.end, text: before.text + blank + after.text, ...(words.length > 0 && { words }) };
}

function withoutSpeaker({ speaker: _, continues: __, words, ...segment }: Segment): Segment {
  return { ...segment, ...(words && { words: words.map(bareWord) }) };
}

const bareWord = ({ speaker: _, otherSpeaker: __, ...word }: Word): Word => word;
