import { randomUUIDv7 } from 'node:crypto';
import { AppError, type KnownFile, type Recording } from '@bulk-transcribe/protocol';
import type { JobStore } from '../jobs/job-store.ts';
import type { RecordingFiles } from './recording-files.ts';

interface FileHeldElsewhere {
  readonly sessionId: string;
  readonly file: KnownFile;
  readonly jobs: JobStore;
  readonly files: RecordingFiles;
}

/** Another recording with bytes that this very session holds already. Throws not_found where it does not. */
export async function addKnown({ sessionId, file: { sha256, size, name }, jobs, files }: FileHeldElsewhere): Promise<Recording> {
  const twin = await jobs.recordingWithBytes(sessionId, { sha256, size });
  if (!twin) throw notKnown();
  const id = randomUUIDv7();
  await files.share(twin.id, id).catch((cause: NodeJS.ErrnoException) => {
    // Deleted in this moment.
    throw cause.code === 'ENOENT' ? notKnown() : cause;
  });
  try {
    return await jobs.addRecording(sessionId, { id, name, size, sha256 });
  } catch (cause) {
    await files.remove([id]);
    throw cause;
  }
}

const notKnown = (): AppError => new AppError('not_found', 'This session holds no such file.');
