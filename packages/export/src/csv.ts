import { speakerName, type Transcript } from '@bulk-transcribe/protocol';
import { stringify } from 'csv-stringify/sync';

/**
 * A row for each segment (RFC 4180): start and end in seconds, speaker, text. With a byte order mark, without which Excel
 * reads UTF-8 wrongly; cells that a spreadsheet would run as a formula begin with a quote (OWASP, "CSV Injection").
 */
export const toCsv = (transcript: Transcript): string =>
  stringify(
    transcript.segments.map(({ start, end, speaker, text }) => [
      start.toFixed(3),
      end.toFixed(3),
      speaker === undefined ? '' : speakerName(transcript, speaker),
      text,
    ]),
    { header: true, columns: ['start', 'end', 'speaker', 'text'], bom: true, escape_formulas: true, record_delimiter: 'windows' },
  );
