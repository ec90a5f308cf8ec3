import type { JobStore } from '../jobs/job-store.ts';
import type { RecordingFile, RecordingFiles } from './recording-files.ts';

interface Newcomer {
  readonly sessionId: string;
  /** Stored, without a row yet. */
  readonly file: RecordingFile;
  readonly jobs: Pick<JobStore, 'recordingWithBytes'>;
  readonly files: Pick<RecordingFiles, 'share'>;
}

/** Where the session holds the same bytes already, they lie on disk once from now on. */
export async function shareWithTwin({ sessionId, file, jobs, files }: Newcomer): Promise<void> {
  const twin = await jobs.recordingWithBytes(sessionId, file);
  if (!twin || twin.id === file.id) return;
  await files.share(twin.id, file.id).catch(keepOwnBytes);
}

/** The twin was deleted in this moment: the newcomer has bytes of its own. */
function keepOwnBytes(cause: NodeJS.ErrnoException): void {
  if (cause.code !== 'ENOENT') throw cause;
}
