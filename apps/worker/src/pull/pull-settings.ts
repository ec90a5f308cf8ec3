import { choice, integer, type Settings, text } from '@bulk-transcribe/service';

const url = (about: string) =>
  text({ default: '', pattern: /^https?:\/\/\S+$/, allowed: 'an http:// or https:// address, placeholders included', about });
const key = (about: string) =>
  text({ default: '', secret: true, pattern: /^[\x21-\x7e]{1,512}$/, allowed: 'a key of visible characters without blanks', about });
const interval = (about: string) => integer({ default: 10_000, min: 1, unit: 'milliseconds', about });

/** Rows of pulling work: today's name of RunPod first, then the early one. The first wins. */
export const pullSettings = {
  RUNPOD_WEBHOOK_GET_JOB: url('Set by RunPod: address that jobs are pulled from; without it, and without WEBHOOK_GET_WORK, none are.'),
  WEBHOOK_GET_WORK: url('The same under its early name, and asked in the early way.'),
  RUNPOD_WEBHOOK_POST_OUTPUT: url('Set by RunPod: address that takes results, errors and progress.'),
  WEBHOOK_POST_OUTPUT: url('The same under its early name.'),
  RUNPOD_WEBHOOK_POST_STREAM: url('Set by RunPod: address that takes parts of a result as they come.'),
  RUNPOD_WEBHOOK_PING: url('Set by RunPod: address that hears that the worker lives.'),
  WEBHOOK_PING: url('The same under its early name.'),
  RUNPOD_PING_INTERVAL: interval('Set by RunPod: how often; at least 1000.'),
  PING_INTERVAL: interval('The same under its early name.'),
  RUNPOD_AI_API_KEY: key('Set by RunPod: goes with each of these calls, bare, as Authorization.'),
  AI_API_KEY: key('The same under its early name.'),
  RUNPOD_GPU_TYPE_ID: text({ default: '', about: 'Set by RunPod: stands for $RUNPOD_GPU_TYPE_ID in these addresses.' }),
  ALLOW_INSECURE_AUDIO: choice({
    of: ['true', 'false'],
    default: 'false',
    about: 'true = jobs may name http:// addresses, and addresses of private networks, for their audio.',
  }),
  MAX_AUDIO_BYTES: integer({ default: 5_000_000_000, min: 1, unit: 'bytes', about: 'Largest recording that a job may bring.' }),
  MAX_RESULT_BYTES: integer({
    default: 10_000_000,
    min: 1000,
    unit: 'bytes',
    about: 'Larger results go to the bucket; without one their job fails.',
  }),
} as const;

type PullSettings = Settings<typeof pullSettings>;

/** An address, and whether it is asked in the early way, to which nothing is added. */
export interface Webhook {
  readonly template: string;
  readonly early: boolean;
}

/** Who hears of jobs and of the worker. */
export interface ReportAddresses {
  readonly post: Webhook | null;
  readonly stream: Webhook | null;
  readonly ping: Webhook | null;
  /** Whether it is told that the worker lives: that of today, as RunPod's client does, from its pods alone, and with a key. */
  readonly pings: boolean;
  readonly pingMs: number;
  readonly key: string;
  readonly gpuTypeId: string;
}

export interface PullAddresses extends ReportAddresses {
  readonly take: Webhook;
}

const LEAST_PING_MS = 1_000;

type AddressSettings = PullSettings & { readonly RUNPOD_POD_ID: string };

/** Where work is pulled from; null where none is. */
export function pullAddresses(settings: AddressSettings): PullAddresses | null {
  const take = either(settings.RUNPOD_WEBHOOK_GET_JOB, settings.WEBHOOK_GET_WORK);
  return take && { take, ...reportAddresses(settings) };
}

export function reportAddresses(settings: AddressSettings): ReportAddresses {
  const key = settings.RUNPOD_AI_API_KEY || settings.AI_API_KEY;
  const ping = either(settings.RUNPOD_WEBHOOK_PING, settings.WEBHOOK_PING);
  const isDefault = settings.RUNPOD_PING_INTERVAL === pullSettings.RUNPOD_PING_INTERVAL.fallback({}, '');
  return {
    post: either(settings.RUNPOD_WEBHOOK_POST_OUTPUT, settings.WEBHOOK_POST_OUTPUT),
    stream: either(settings.RUNPOD_WEBHOOK_POST_STREAM, ''),
    ping,
    pings: ping !== null && (ping.early || (key !== '' && settings.RUNPOD_POD_ID !== '')),
    pingMs: Math.max(LEAST_PING_MS, isDefault ? settings.PING_INTERVAL : settings.RUNPOD_PING_INTERVAL),
    key,
    gpuTypeId: settings.RUNPOD_GPU_TYPE_ID,
  };
}

export const pulls = (settings: Pick<PullSettings, 'RUNPOD_WEBHOOK_GET_JOB' | 'WEBHOOK_GET_WORK'>): boolean =>
  settings.RUNPOD_WEBHOOK_GET_JOB !== '' || settings.WEBHOOK_GET_WORK !== '';

function either(today: string, early: string): Webhook | null {
  if (today) return { template: today, early: false };
  return early ? { template: early, early: true } : null;
}
