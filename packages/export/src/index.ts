/** A transcript in the formats people use. One file per format; all pure. */
import type { ExportFormat, Transcript } from '@bulk-transcribe/protocol';
import { toCsv } from './csv.ts';
import { toDocx } from './docx.ts';
import { toMd } from './md.ts';
import { toPdf } from './pdf/pdf.ts';
import { toRttm } from './rttm.ts';
import { toSrt } from './srt.ts';
import { toTxt } from './txt.ts';
import { toVtt } from './vtt.ts';

export interface ExportKind {
  readonly extension: string;
  readonly contentType: string;
  /** `name`: the recording's file name, as uploaded; it is the title of a document. */
  readonly render: (transcript: Transcript, name: string) => string | Promise<Uint8Array>;
}

export const exportKinds: Readonly<Record<ExportFormat, ExportKind>> = {
  txt: { extension: 'txt', contentType: 'text/plain; charset=utf-8', render: toTxt },
  md: { extension: 'md', contentType: 'text/markdown; charset=utf-8', render: toMd },
  docx: { extension: 'docx', contentType: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document', render: toDocx },
  pdf: { extension: 'pdf', contentType: 'application/pdf', render: toPdf },
  srt: { extension: 'srt', contentType: 'application/x-subrip; charset=utf-8', render: toSrt },
  vtt: { extension: 'vtt', contentType: 'text/vtt; charset=utf-8', render: toVtt },
  csv: { extension: 'csv', contentType: 'text/csv; charset=utf-8', render: toCsv },
  json: { extension: 'json', contentType: 'application/json; charset=utf-8', render: (transcript) => `${JSON.stringify(transcript, null, 2)}\n` },
  rttm: { extension: 'rttm', contentType: 'text/plain; charset=utf-8', render: toRttm },
};

export { exportFileName, safeName } from './file-name.ts';
export { toSrt } from './srt.ts';
export { toVtt } from './vtt.ts';
