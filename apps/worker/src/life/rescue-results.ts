/**
 * Results that nobody fetched, brought to the bucket before their pod goes: its disk goes with it.
 *
 * Each lies under `unfetched/<task>/` as `transcript.json` and `transcript.txt`. They stay on the disk as well: where the deletion
 * fails and somebody comes after all, they can still be fetched.
 */
import type { ResultBucket } from '@bulk-transcribe/bucket';
import type { ExportFormat, Transcript } from '@bulk-transcribe/protocol';
import type { Logger } from 'pino';
import { type ExportFile, storeExports } from '../pull/store-exports.ts';

/** A result as the worker holds it: `id` of its task, `name` of its recording. */
export interface Unfetched {
  readonly id: string;
  readonly name: string;
  readonly read: () => Promise<Transcript>;
}

export interface RescueOptions {
  readonly bucket: Pick<ResultBucket, 'put'>;
  readonly log: Logger;
}

const FORMATS: ExportFormat[] = ['json', 'txt'];

/** Stores all that can be stored, one after another; what cannot is told in the log and keeps no other back. */
export async function rescueResults(results: readonly Unfetched[], { bucket, log }: RescueOptions): Promise<void> {
  for (const result of results) {
    const { id: taskId, name } = result;
    try {
      const keys = await bring(result, bucket);
      log.warn({ taskId, name, keys }, 'a result that nobody fetched was brought to the bucket');
    } catch (err) {
      log.error({ err, taskId, name }, 'a result that nobody fetched could not be brought to the bucket');
    }
  }
}

async function bring({ id, name, read }: Unfetched, bucket: RescueOptions['bucket']): Promise<string[]> {
  const store = async ({ name: file, contentType, body }: ExportFile): Promise<string> => {
    const key = `unfetched/${id}/${file}`;
    await bucket.put({ key, contentType, body });
    return key;
  };
  const keys = await storeExports({ formats: FORMATS }, { transcribe: await read(), translate: null }, { title: name, store });
  return Object.values(keys);
}
