import type { Transcript } from '@bulk-transcribe/protocol';
import { captions } from './captions.ts';
import { timestamp } from './time.ts';

/** SubRip: numbered blocks, comma before the milliseconds. A transcript without text is an empty file. */
export const toSrt = (transcript: Transcript): string =>
  captions(transcript)
    .map(({ start, end, lines, speaker }, i) => {
      const text = speaker === undefined ? lines : [`${speaker}: ${lines[0]}`, ...lines.slice(1)];
      return `${i + 1}\n${timestamp(start, ',')} --> ${timestamp(end, ',')}\n${text.join('\n')}\n`;
    })
    .join('\n');
