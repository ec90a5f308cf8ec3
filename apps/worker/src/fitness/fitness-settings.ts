import { integer, text } from '@bulk-transcribe/service';

const decimal = (options: { default: string; allowed: string; about: string }) => text({ ...options, pattern: /^\d+(\.\d+)?$/ });
const yesNo = (about: string) => text({ default: 'false', pattern: /^(true|false)$/i, allowed: 'true, false', about });

/** Rows of what is looked at before a serverless worker takes jobs, by the names of RunPod's own workers. */
export const fitnessSettings = {
  RUNPOD_MIN_MEMORY_GB: decimal({ default: '4', allowed: 'gigabytes (GiB)', about: 'Serverless only: with less free memory the worker is unfit.' }),
  RUNPOD_MIN_DISK_PERCENT: decimal({
    default: '10',
    allowed: 'percent',
    about: 'Serverless only: with less free disk where DATA_ROOT lies the worker is unfit.',
  }),
  RUNPOD_NETWORK_CHECK_TIMEOUT: integer({
    default: 5,
    min: 1,
    unit: 'seconds',
    about: 'Serverless only: where the internet (8.8.8.8:53) is not reached in time the worker is unfit.',
  }),
  RUNPOD_SKIP_AUTO_SYSTEM_CHECKS: yesNo('true = memory, disk and network are not looked at.'),
  RUNPOD_SKIP_GPU_CHECK: yesNo('true = a serverless worker that computes on the CPU beside a GPU takes jobs all the same.'),
} as const;
