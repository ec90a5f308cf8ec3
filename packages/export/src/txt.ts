import type { Transcript } from '@bulk-transcribe/protocol';

/** A pause of this length begins a new paragraph. Seconds. */
const PARAGRAPH_PAUSE = 2;

/** Plain text in paragraphs: a new one at a change of speaker (then named) or after a long pause. */
export function toTxt({ segments }: Pick<Transcript, 'segments'>): string {
  const paragraphs: { speaker: string | undefined; texts: string[]; end: number }[] = [];
  for (const { text, speaker, start, end } of segments) {
    if (text === '') continue;
    const last = paragraphs.at(-1);
    if (last && last.speaker === speaker && start - last.end < PARAGRAPH_PAUSE) {
      last.texts.push(text);
      last.end = end;
    } else paragraphs.push({ speaker, texts: [text], end });
  }
  return paragraphs.map(({ speaker, texts }) => `${speaker === undefined ? '' : `${speaker}: `}${texts.join(' ')}\n`).join('\n');
}
