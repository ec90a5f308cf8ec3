import type { Transcript } from '@bulk-transcribe/protocol';
import { paragraphs } from './paragraphs.ts';

/** Plain text in paragraphs, each named after its speaker where speakers are known. */
export const toTxt = (transcript: Pick<Transcript, 'segments' | 'speakers'>): string =>
  paragraphs(transcript)
    .map(({ speaker, text }) => `${speaker === null ? '' : `${speaker}: `}${text}\n`)
    .join('\n');
