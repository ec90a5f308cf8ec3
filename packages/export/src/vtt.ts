import { speakerName, type Transcript } from '@bulk-transcribe/protocol';
import { captions } from './captions/captions.ts';
import { timestamp } from './time.ts';

/** In WebVTT cue text `&`, `<` and `>` must be escaped (W3C WebVTT §4.2.2); so a text can never become a tag or an arrow. */
const escapeCue = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** WebVTT; speakers as voice tags. */
export function toVtt(transcript: Transcript): string {
  const cues = captions(transcript).map(({ start, end, lines, speaker }) => {
    const voice = speaker === undefined ? '' : `<v ${escapeCue(speakerName(transcript, speaker))}>`;
    return `${timestamp(start, '.')} --> ${timestamp(end, '.')}\n${voice}${lines.map(escapeCue).join('\n')}\n`;
  });
  return ['WEBVTT\n', ...cues].join('\n');
}
