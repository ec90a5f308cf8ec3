/** What a document for people says, before any format: title, facts, speakers, paragraphs. */
import { speakerName, type Transcript } from '@bulk-transcribe/protocol';
import { type Paragraph, paragraphs } from './paragraphs.ts';
import { clock } from './time.ts';

export interface TranscriptDocument {
  readonly title: string;
  /** Label and value. */
  readonly facts: readonly (readonly [string, string])[];
  readonly warnings: readonly string[];
  readonly paragraphs: readonly Paragraph[];
}

/** `name`: the recording's file name, as uploaded. */
export function transcriptDocument(transcript: Transcript, name: string): TranscriptDocument {
  const { durationSec, language, speakers = [], provenance, warnings } = transcript;
  return {
    title: name.replace(/\.[a-z0-9]{1,5}$/i, '') || name,
    facts: [
      ['Recording', `${name}, ${clock(durationSec)}`],
      ...(language === null ? [] : [['Language', languageName(language)] as const]),
      ...(speakers.length === 0
        ? []
        : [['Speakers', speakers.map(({ id, seconds }) => `${speakerName(transcript, id)} (${clock(seconds)})`).join(', ')] as const]),
      ['Transcribed', `${provenance.finishedAt.slice(0, 10)}, ${provenance.model.id}`],
    ],
    warnings: warnings.map(({ message, start }) => (start === undefined ? message : `${clock(start)} ${message}`)),
    paragraphs: paragraphs(transcript),
  };
}

const names = new Intl.DisplayNames('en', { type: 'language' });
const languageName = (code: string): string => names.of(code) ?? code;
