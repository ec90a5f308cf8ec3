import { type ExportKind, exportKinds } from '@bulk-transcribe/export';
import type { ExportFormat, JobInput } from '@bulk-transcribe/protocol';
import type { Transcripts } from './job-output.ts';

export interface ExportFile {
  /** `transcript.srt`. */
  readonly name: string;
  readonly contentType: string;
  readonly body: string | Uint8Array;
}

/** The files of a recording's transcripts in every format that is asked for, one after another. `store` says where one lies; resolves with that by format. */
export async function storeExports(
  { formats }: Pick<JobInput, 'formats'>,
  { transcribe, translate }: Transcripts,
  { title, store }: { title: string; store: (file: ExportFile) => Promise<string> },
): Promise<Record<string, string>> {
  const places: Record<string, string> = {};
  for (const [format, { extension, contentType, render }] of Object.entries(exportKinds) as [ExportFormat, ExportKind][]) {
    if (formats && !formats.includes(format)) continue;
    places[format] = await store({ name: `transcript.${extension}`, contentType, body: await render(transcribe, title) });
    if (!translate) continue;
    places[`translation.${format}`] = await store({ name: `translation.${extension}`, contentType, body: await render(translate, title) });
  }
  return places;
}
