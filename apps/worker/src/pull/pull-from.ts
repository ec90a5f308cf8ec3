import { openBucket } from '@bulk-transcribe/bucket';
import { bucketOptions } from '@bulk-transcribe/service';
import type { WorkerOptions } from '../app.ts';
import type { Config } from '../config.ts';
import { systemClock } from '../life/clock.ts';
import { JobServer, type JobServerOptions } from './job-server.ts';
import { pullAddresses } from './pull-settings.ts';

/** What a worker with these settings pulls with; undefined where it pulls nothing. */
export function pullFrom(config: Config, { workerId, userAgent }: Omit<JobServerOptions, 'addresses'>): WorkerOptions['pull'] {
  const addresses = pullAddresses(config);
  if (!addresses) return undefined;
  const bucket = bucketOptions(config);
  return {
    server: new JobServer({ addresses, workerId, userAgent }),
    bucket: bucket && openBucket(bucket),
    clock: systemClock,
    workerId,
    settings: {
      dataRoot: config.DATA_ROOT,
      model: config.MODEL,
      allowInsecureAudio: config.ALLOW_INSECURE_AUDIO === 'true',
      maxAudioBytes: config.MAX_AUDIO_BYTES,
      maxResultBytes: config.MAX_RESULT_BYTES,
    },
  };
}
