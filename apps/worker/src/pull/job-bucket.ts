/** The bucket of one job: that of the worker, or the one that the job brings along. One that is away is waited for. */
import { openBucket, type ResultBucket } from '@bulk-transcribe/bucket';
import { AppError, JobS3Config } from '@bulk-transcribe/protocol';
import { Value } from '@sinclair/typebox/value';
import type { Logger } from 'pino';
import { type Clock, pauseOn } from '../life/clock.ts';
import { growingPause } from './growing-pause.ts';
import { jobAddress, publicLookup } from './job-address.ts';

/** A job may name a bucket that never comes back: 1, 2, 4 … 60 s between tries, five minutes in all. Our own is waited for as long as the worker lives. */
const TRIES_OF_JOB = 10;

export interface JobBucketOptions {
  /** Of the worker's settings. */
  readonly own: ResultBucket | null;
  /** May the job name http:// and private networks? */
  readonly allowInsecure: boolean;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** Null where there is none. Throws invalid_request, with field s3Config, where the job's own is not as it should be; its keys are in no message. */
export function jobBucket(s3Config: unknown, options: JobBucketOptions): ResultBucket | null {
  const { own, allowInsecure } = options;
  if (s3Config === undefined || s3Config === null)
    return own && { ...patient(own, Number.POSITIVE_INFINITY, options), [Symbol.dispose]: () => undefined };
  if (!Value.Check(JobS3Config, s3Config)) {
    const [first] = [...Value.Errors(JobS3Config, s3Config)];
    const field = `s3Config${(first?.path ?? '').replaceAll('/', '.')}`;
    throw new AppError('invalid_request', `The field ${field} of the job is not as it should be: ${first?.message ?? 'not valid'}.`, { field });
  }
  const { accessId: accessKeyId, accessSecret: secretAccessKey, bucketName: name, endpointUrl } = s3Config;
  const endpoint = jobAddress(endpointUrl, { allowInsecure, field: 's3Config' }).href;
  const lookup = allowInsecure ? {} : { lookup: publicLookup };
  return patient(openBucket({ endpoint, accessKeyId, secretAccessKey, name, region: '', prefix: '', ...lookup }), TRIES_OF_JOB, options);
}

function patient(bucket: ResultBucket, mostTries: number, { clock, log, signal }: JobBucketOptions): ResultBucket {
  const ask = async <T>(step: () => Promise<T>): Promise<T> => {
    for (let tries = 0; ; tries++) {
      try {
        return await step();
      } catch (err) {
        if (!(err instanceof AppError) || !err.retryable || signal.aborted || tries + 1 >= mostTries) throw err;
        log.warn({ err, tries }, 'the bucket is away; the job waits for it');
        await pauseOn(clock, growingPause(tries), signal);
      }
    }
  };
  return {
    put: async (object) => await ask(() => bucket.put(object)),
    link: bucket.link,
    read: async (key) => await ask(() => bucket.read(key)),
    sizeOf: async (key) => await ask(() => bucket.sizeOf(key)),
    remove: async (key) => await ask(() => bucket.remove(key)),
    [Symbol.dispose]: () => bucket[Symbol.dispose](),
  };
}
