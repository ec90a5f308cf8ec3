/** Deletes what has had its time: at start, then every hour. */
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import type { Retention } from './jobs/retention.ts';
import type { RecordingFiles } from './recordings/recording-files.ts';

const EVERY_MS = 60 * 60 * 1000;
const DAY_MS = 24 * 60 * 60 * 1000;

export interface RetentionOptions {
  readonly jobs: Retention;
  readonly files: Pick<RecordingFiles, 'remove'>;
  readonly config: Pick<Config, 'RETENTION_DAYS' | 'UNUSED_RECORDING_DAYS'>;
  readonly log: Logger;
}

export function startRetention(options: RetentionOptions): { close(): Promise<void> } {
  const closing = new AbortController();
  let round = Promise.resolve();
  const begin = () => {
    round = round
      .then(async () => void (await deleteExpired(options, new Date(), closing.signal)))
      .catch((err: unknown) => options.log.error({ err }, 'what has had its time could not be deleted; tried again in an hour'));
  };
  begin();
  const timer = setInterval(begin, EVERY_MS);
  return {
    close: () => {
      clearInterval(timer);
      closing.abort();
      return round;
    },
  };
}

/**
 * Rows first, then files: what a crash leaves in between are files without a row, which the next start removes.
 * Answers how many recordings went.
 */
export async function deleteExpired({ jobs, files, config, log }: RetentionOptions, now: Date, signal?: AbortSignal): Promise<number> {
  let count = 0;
  const remove = async (ids: readonly string[]) => {
    await files.remove(ids);
    count += ids.length;
  };
  const daysAgo = (days: number) => new Date(now.getTime() - days * DAY_MS);
  if (config.RETENTION_DAYS > 0) {
    while (!signal?.aborted) {
      const recordings = await jobs.deleteEndedJob(daysAgo(config.RETENTION_DAYS));
      if (recordings === null) break;
      await remove(recordings);
    }
  }
  if (config.UNUSED_RECORDING_DAYS > 0) await remove(await jobs.deleteUnusedRecordings(daysAgo(config.UNUSED_RECORDING_DAYS)));
  if (count > 0) log.info({ recordings: count }, 'recordings were deleted, their time had come');
  return count;
}
