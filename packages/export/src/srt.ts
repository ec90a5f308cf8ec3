import { speakerName, type Transcript } from '@bulk-transcribe/protocol';
import { captions } from './captions/captions.ts';
import { timestamp } from './time.ts';

/** In a line of SubRip an arrow would begin another block for some readers, and an empty line would end this one. */
const plain = (line: string): string => line.replaceAll('-->', '→');

/** SubRip: numbered blocks, comma before the milliseconds; who speaks stands before what he says where that changes. Without text an empty file. */
export const toSrt = (transcript: Transcript): string =>
  captions(transcript, { label: (speaker) => `${speakerName(transcript, speaker)}: ` })
    .map(({ start, end, lines }, i) => `${i + 1}\n${timestamp(start, ',')} --> ${timestamp(end, ',')}\n${lines.map(plain).join('\n')}\n`)
    .join('\n');
