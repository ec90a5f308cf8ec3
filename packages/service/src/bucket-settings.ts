import type { Settings } from './settings.ts';
import { baseUrl, text } from './settings.ts';

const visible = /^[\x21-\x7e]{1,512}$/;
const keyText = (about: string) =>
  text({ default: '', secret: true, pattern: visible, allowed: 'a key of visible characters without blanks', about });

/** Rows of every app that keeps something in a bucket. The first three names are those of RunPod's own workers. */
export const bucketSettings = {
  BUCKET_ENDPOINT_URL: baseUrl({ about: 'Address of the S3-compatible service that results are stored in; without it there is no bucket.' }),
  BUCKET_ACCESS_KEY_ID: keyText('Access key of the bucket.'),
  BUCKET_SECRET_ACCESS_KEY: keyText('Secret key of the bucket; never logged.'),
  BUCKET_NAME: {
    ...text({
      default: '',
      pattern: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
      allowed: 'a name of 3 to 63 lower-case letters, digits, dots and hyphens',
      about: 'Name of the bucket. The default, as with RunPod, is another one each month, and is made where it is missing.',
    }),
    defaultText: 'month and year, for example 12-26',
  },
  BUCKET_REGION: {
    ...text({ default: '', pattern: /^[a-z0-9-]{1,40}$/, allowed: 'a name of a region', about: 'Region of the bucket.' }),
    defaultText: 'as the endpoint names it, else us-east-1',
  },
  BUCKET_PREFIX: text({
    default: '',
    pattern: /^[A-Za-z0-9!_.*'()/-]{0,200}$/,
    allowed: "up to 200 letters, digits and !_.*'()/-",
    about: 'Stands before the key of everything that is stored, for example transcripts/.',
  }),
} as const;

/** The same, as a bucket is opened with; null where none is set up. Half a set-up is a problem that `bucketProblem` names. */
export const bucketOptions = (settings: Settings<typeof bucketSettings>) =>
  settings.BUCKET_ENDPOINT_URL && !bucketProblem(settings)
    ? {
        endpoint: settings.BUCKET_ENDPOINT_URL,
        accessKeyId: settings.BUCKET_ACCESS_KEY_ID,
        secretAccessKey: settings.BUCKET_SECRET_ACCESS_KEY,
        name: settings.BUCKET_NAME,
        region: settings.BUCKET_REGION,
        prefix: settings.BUCKET_PREFIX,
      }
    : null;

/** What is missing, in one sentence; empty where nothing is. */
export function bucketProblem(settings: Settings<typeof bucketSettings>): string {
  const needed = ['BUCKET_ENDPOINT_URL', 'BUCKET_ACCESS_KEY_ID', 'BUCKET_SECRET_ACCESS_KEY'] as const;
  const missing = needed.filter((name) => settings[name] === '');
  return missing.length === 0 || missing.length === needed.length ? '' : `A bucket also needs ${missing.join(' and ')}.`;
}
