import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { RUNPOD_API_BASE_URL } from '@bulk-transcribe/runpod';
import {
  baseUrl,
  bucketSettings,
  choice,
  engineSettings,
  folder,
  integer,
  loadEnvironment,
  modelSettings,
  port,
  type Settings,
  serverSettings,
  slotsSetting,
  text,
  trySettings,
} from '@bulk-transcribe/service';
import { fitnessSettings } from './fitness/fitness-settings.ts';
import { pullSettings } from './pull/pull-settings.ts';

/** The project's root: three folders up, from `src` as from `dist`. */
export const projectRoot = fileURLToPath(new URL('../../../', import.meta.url));

const onOff = ['true', 'false'] as const;
const runpodLevel = (about: string) => text({ default: '', pattern: /^(error|warn|info|debug)$/i, allowed: 'ERROR, WARN, INFO or DEBUG', about });
const milliseconds = ({ min = 1, ...options }: { default: number; min?: number; about: string }) =>
  integer({ ...options, min, unit: 'milliseconds' });

export const settingsTable = {
  PORT: port({ default: 8477, about: 'Port the worker listens on.' }),
  HOST: text({ default: '127.0.0.1', about: 'Address the worker listens on; 0.0.0.0 in the image.' }),
  WORKER_TOKEN: text({
    default: '',
    secret: true,
    pattern: /^[\x21-\x7e]{16,512}$/,
    allowed: '16 to 512 visible ASCII characters without blanks',
    about: 'Token that every request but GET /health must carry. Without it the worker takes no work.',
  }),
  DATA_ROOT: folder({ default: './data/worker', about: 'Where inputs and results are kept until they are acknowledged; /data in the image.' }),
  MODELS_DIR: folder({
    default: (settings) => path.join(String(settings['DATA_ROOT']), 'models'),
    defaultText: 'DATA_ROOT/models',
    about: 'Where models are kept.',
  }),
  MODEL: {
    ...text({
      default: '',
      about:
        'Model that is loaded at start, the default of jobs: a name, an alias (turbo) or a repository of the hub; fetched first where it is not in MODELS_DIR.',
    }),
    defaultText: 'large-v3-turbo on a GPU, else the largest in MODELS_DIR that suits the machine, else moonshine-tiny-en',
  },
  ...engineSettings,
  SLOTS: slotsSetting('the worker'),
  TERMINATE_IDLE_TIME: milliseconds({
    default: 60_000,
    min: 0,
    about: 'Idle for so long, the worker ends: in a pod it deletes the pod, elsewhere the process exits. 0 = worker zero: no idle limit.',
  }),
  WORKER_ZERO: choice({ of: onOff, default: 'false', about: 'true = no idle limit, whatever TERMINATE_IDLE_TIME says.' }),
  FIRST_CONTACT_TIME: milliseconds({
    default: 900_000,
    min: 0,
    about: 'The idle time starts with the first request that carries the token, or so long after the start.',
  }),
  EXECUTION_TIMEOUT: {
    ...milliseconds({ default: 0, about: 'Longest run of one task; then it is failed and its engine ended.' }),
    defaultText: 'three times the length of the recording, at least 300000',
  },
  MAX_LIFETIME: milliseconds({ default: 43_200_000, about: 'Pods only: longest life, from the creation of the pod where that can be found out.' }),
  HARD_DEADLINE_EPOCH: {
    ...integer({ default: 0, unit: 'seconds', min: 1, about: 'Unix time at which the worker ends whatever it does; wins over MAX_LIFETIME.' }),
    defaultText: '',
  },
  LOST_CONTACT_TIME: milliseconds({
    default: 900_000,
    about: 'Pods only: work or results wait and no request with the token has come for so long: the worker ends.',
  }),
  DRAIN_TIME: milliseconds({ default: 120_000, min: 0, about: 'How long an ending worker lets its task finish and its results be fetched.' }),
  RUNPOD_POD_ID: text({ default: '', about: 'Set by RunPod: the pod this worker runs in, and deletes at its end.' }),
  RUNPOD_ENDPOINT_ID: text({
    default: '',
    about: 'Set by RunPod on serverless: there the platform ends workers; no idle limit, no lifetime, no deletion.',
  }),
  RUNPOD_API_KEY: text({ default: '', secret: true, about: 'Set by RunPod: the key of the pod, which may delete it.' }),
  RUNPOD_TERMINATE_API_KEY: text({ default: '', secret: true, about: 'A second key that may delete the pod, for when the first one is refused.' }),
  RUNPOD_GPU_COUNT: text({
    default: '',
    pattern: /^\d+$/,
    allowed: 'a whole number',
    about: 'Set by RunPod: how many GPUs the pod has; where nothing computes on them, ping says so.',
  }),
  RUNPOD_API_BASE_URL: baseUrl({ default: RUNPOD_API_BASE_URL, about: "RunPod's control plane; /v2 and /graphql lie below it." }),
  RUNPOD_GRAPHQL_FALLBACK: choice({
    of: onOff,
    default: 'true',
    about: "Also try RunPod's GraphQL API (to be retired in 2027) where REST does not delete the pod.",
  }),
  TEST_LOCAL: text({
    default: '',
    about: 'true = one job from test_inputs.json (or test_input.json) in the project’s root, printed as JSON; then the end.',
  }),
  DEBUG: text({ default: '', about: 'true = log lines of level debug, too.' }),
  RUNPOD_LOG_LEVEL: runpodLevel('Least important line that is written, by the name of RunPod’s workers; wins over DEBUG and LOG_LEVEL.'),
  RUNPOD_DEBUG_LEVEL: runpodLevel('The same by its older name.'),
  ...pullSettings,
  ...fitnessSettings,
  ...bucketSettings,
  ...modelSettings,
  ...serverSettings,
} as const;

export type Config = Settings<typeof settingsTable>;

/** Reads `.env` and the environment. A wrong value becomes the default and a problem that names it; what to do with it is the caller's. */
export const readConfig = (): { config: Config; problems: readonly string[] } => {
  const { settings, problems } = trySettings(settingsTable, loadEnvironment(projectRoot, process.env), projectRoot);
  return { config: settings, problems };
};

const secrets: ReadonlySet<string> = new Set(Object.entries(settingsTable).flatMap(([name, setting]) => (setting.secret ? [name] : [])));

/** What the engine's process sees of our environment: everything but secrets, which it has no use for. */
export function engineEnvironment(): Record<string, string> {
  const entries = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(entries.filter(([name]) => !secrets.has(name)));
}
