/** A transcript in the formats people use. One file per format; all pure. */
import type { ExportFormat, Transcript } from '@bulk-transcribe/protocol';
import { toSrt } from './srt.ts';
import { toTxt } from './txt.ts';
import { toVtt } from './vtt.ts';

export interface ExportKind {
  readonly extension: string;
  readonly contentType: string;
  readonly render: (transcript: Transcript) => string;
}

export const exportKinds: Readonly<Record<ExportFormat, ExportKind>> = {
  txt: { extension: 'txt', contentType: 'text/plain; charset=utf-8', render: toTxt },
  srt: { extension: 'srt', contentType: 'application/x-subrip; charset=utf-8', render: toSrt },
  vtt: { extension: 'vtt', contentType: 'text/vtt; charset=utf-8', render: toVtt },
  json: { extension: 'json', contentType: 'application/json; charset=utf-8', render: (transcript) => `${JSON.stringify(transcript, null, 2)}\n` },
};

export { exportFileName } from './file-name.ts';
