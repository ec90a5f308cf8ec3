/**
 * A complete upload becomes a recording, exactly once: its bytes move to their place, its row is written under the same id,
 * then its record goes. A kill anywhere in between leaves the record, and the next start, or the client's next question,
 * comes through here again and does only what is left.
 */
import { AppError, type Recording } from '@bulk-transcribe/protocol';
import type { JobStore } from '../jobs/job-store.ts';
import type { RecordingFiles } from '../recordings/recording-files.ts';
import { shareWithTwin } from '../recordings/share-with-twin.ts';
import type { UploadRecord, UploadRecords } from './upload-records.ts';

export interface FinishParts {
  readonly records: UploadRecords;
  readonly jobs: JobStore;
  readonly files: RecordingFiles;
}

/** Throws input_corrupt, and forgets the upload, where the bytes are not those that the sender announced. */
export async function finishUpload(upload: UploadRecord, { records, jobs, files }: FinishParts): Promise<Recording> {
  const { id, sessionId, name } = upload;
  const stored = await files.adopt(id, records.path(id));
  const known = await jobs.recording(sessionId, id);
  if (!known && upload.sha256 !== undefined && upload.sha256 !== stored.sha256) {
    await files.remove([id]);
    await records.remove(id);
    throw new AppError('input_corrupt', 'What arrived is not what was announced: the file changed while it was sent, or was damaged on the way.');
  }
  if (!known) await shareWithTwin({ sessionId, file: { id, ...stored }, jobs, files });
  const recording = known ?? (await jobs.addRecording(sessionId, { id, name, ...stored }));
  await records.remove(id);
  return recording;
}
