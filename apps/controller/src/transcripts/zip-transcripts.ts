/** Many transcripts as one ZIP file, a file each. */
import { Readable } from 'node:stream';
import { exportFileName, exportKinds, safeName } from '@bulk-transcribe/export';
import { AppError, type ExportFormat, type Job, type Task, type Transcript } from '@bulk-transcribe/protocol';
import { ZipFile } from 'yazl';
import { uniqueName } from './zip-names.ts';

export interface ZipRequest {
  readonly format: ExportFormat;
  /** One lies at the top, several in a folder each. Tasks without a transcript are left out. */
  readonly jobs: readonly Job[];
  /** Null where it is gone meanwhile. */
  readonly transcriptOf: (taskId: string) => Promise<Transcript | null>;
}

/** Formats that are compressed already. */
const packed: ReadonlySet<ExportFormat> = new Set(['docx', 'pdf']);

/** Each transcript is read and rendered when its turn comes: one is in memory at a time. Throws conflict where nothing is finished. */
export function zipTranscripts({ format, jobs, transcriptOf }: ZipRequest): Readable {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  const entries = entriesOf(jobs, exportKinds[format].extension);
  if (entries.length === 0) throw new AppError('conflict', 'No recording has a transcript yet.');
  for (const { task, path } of entries) {
    zip.addReadStreamLazy(path, { compress: !packed.has(format), mtime: new Date(task.finishedAt ?? task.createdAt) }, (give) => {
      transcriptOf(task.id)
        .then<string | Uint8Array>((transcript) => (transcript ? exportKinds[format].render(transcript, task.recording.name) : ''))
        .then(
          (content) => give(null, Readable.from([Buffer.from(content)])),
          (cause: unknown) => output.destroy(cause as Error),
        );
    });
  }
  zip.end();
  return output;
}

function entriesOf(jobs: readonly Job[], extension: string): { task: Task; path: string }[] {
  const folders = new Set<string>();
  return jobs.flatMap((job) => {
    const finished = job.tasks.filter(({ state }) => state === 'succeeded');
    if (finished.length === 0) return [];
    const folder = jobs.length === 1 ? '' : `${uniqueName(safeName(job.name), folders)}/`;
    const names = new Set<string>();
    return finished.map((task) => ({ task, path: folder + uniqueName(exportFileName(task.recording.name, extension), names) }));
  });
}
