/** Each speaker has one of eight hues (tokens.css), in the order in which they are listed. Pure. */
import type { Transcript } from '@bulk-transcribe/protocol';

const HUES = 8;

/** 1 … 8; 0 where no speaker is known. */
export function hueOf({ speakers }: Pick<Transcript, 'speakers'>, id: string | undefined): number {
  const place = speakers?.findIndex((speaker) => speaker.id === id) ?? -1;
  return place < 0 ? 0 : (place % HUES) + 1;
}
