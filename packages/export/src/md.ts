import type { Transcript } from '@bulk-transcribe/protocol';
import { transcriptDocument } from './document.ts';
import { clock } from './time.ts';

/** Every character that CommonMark could read as markup (§2.4 Backslash escapes), so that what was said stays text. */
const literal = (text: string): string =>
  text
    .replace(/[\\`*_{}[\]<>#|~&]/g, '\\$&')
    .replace(/^(\d+)([.)])/, '$1\\$2')
    .replace(/^([-+=])/, '\\$1');

/** Markdown (CommonMark): title, facts, then paragraphs with time and speaker in front. */
export function toMd(transcript: Transcript, name: string): string {
  const { title, facts, warnings, paragraphs } = transcriptDocument(transcript, name);
  const notes = warnings.length === 0 ? [] : [`## To check\n\n${warnings.map((warning) => `- ${literal(warning)}`).join('\n')}\n`];
  return [
    `# ${literal(title)}\n`,
    `${facts.map(([label, value]) => `- **${label}:** ${literal(value)}`).join('\n')}\n`,
    ...notes,
    ...paragraphs.map(({ start, speaker, text }) => `${speaker === null ? '' : `**${literal(speaker)}** `}\`${clock(start)}\` ${literal(text)}\n`),
  ].join('\n');
}
