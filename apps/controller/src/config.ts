import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  baseUrl,
  choice,
  engineSettings,
  folder,
  integer,
  list,
  loadEnvironment,
  modelSettings,
  port,
  readSettings,
  type Settings,
  serverSettings,
  slotsSetting,
  text,
} from '@bulk-transcribe/service';

/** The project's root: three folders up, from `src` as from `dist`. */
export const projectRoot = fileURLToPath(new URL('../../../', import.meta.url));

const GIB = 1024 ** 3;

export const settingsTable = {
  PORT: port({ default: 8476, about: 'Port the controller listens on.' }),
  HOST: text({ default: '127.0.0.1', about: 'Address the controller listens on; 0.0.0.0 in the image.' }),
  DATA_ROOT: folder({ default: './data', about: 'Where recordings, transcripts and the database are kept; /data in the image.' }),
  DATABASE_URL: text({
    default: '',
    secret: true,
    pattern: /^postgres(ql)?:\/\/\S+$/,
    allowed: 'postgres://user:password@host:5432/database',
    about: 'A PostgreSQL (15 or later) to use in place of the embedded one under DATA_ROOT/db; recordings stay under DATA_ROOT.',
  }),
  MODELS_DIR: folder({
    default: (settings) => path.join(String(settings['DATA_ROOT']), 'models'),
    defaultText: 'DATA_ROOT/models',
    about: 'Where models are kept.',
  }),
  CONTROLLER_BASE_URL: baseUrl({
    about: 'Public address of the controller: allowed Host and Origin, Secure cookies behind https, and the proxy in front is trusted.',
  }),
  ALLOWED_HOSTS: list({
    item: /^[a-z0-9.-]+$/i,
    allowed: 'host names separated by commas, without port',
    about: 'Further host names under which the pages may be opened.',
  }),
  API_TOKENS: list({
    secret: true,
    item: /^[\x21-\x2b\x2d-\x7e]{16,512}$/,
    allowed: 'tokens of 16 to 512 visible characters, separated by commas',
    about: 'Tokens for programs (Authorization: Bearer …); each token has a session of its own.',
  }),
  ACCESS_PASSWORD: text({
    default: '',
    secret: true,
    pattern: /^[^\r\n\0]{8,1024}$/,
    allowed: 'a password of 8 to 1024 characters',
    about: 'Password that pages and API ask for; programs with one of API_TOKENS pass without it. Changing it ends every access that was given.',
  }),
  ADMIN_TOKEN: text({
    default: '',
    secret: true,
    pattern: /^[\x21-\x7e]{8,512}$/,
    allowed: 'a token of 8 to 512 visible characters without blanks',
    about: 'Token for everything under /api/admin (header X-Admin-Token); without it nothing there answers.',
  }),
  REMOTE_WORKER_URL: baseUrl({
    about: 'Address of a remote worker (https://POD-8477.proxy.runpod.net); comes before what is saved on the page /admin.',
  }),
  WORKER_TOKEN: text({
    default: '',
    secret: true,
    pattern: /^[\x21-\x7e]{1,512}$/,
    allowed: 'a token of visible characters without blanks',
    about: 'Token of the remote worker: sent to REMOTE_WORKER_URL alone, or, where that is not set, to the address that is saved.',
  }),
  REMOTE_WORKER_MODE: text({
    default: '',
    pattern: /^(off|optional|required)$/,
    allowed: 'off, optional, required',
    about: 'off: this computer alone; optional: the remote worker while it answers; required: wait for it. Not set = as saved, else off.',
  }),
  REMOTE_WORKERS: list({
    secret: true,
    item: /^[a-z0-9][a-z0-9-]{0,39}\|https?:\/\/[^\s|]+\|[\x21-\x2b\x2d-\x7b\x7d\x7e]+$/,
    allowed: 'name|https://address|token for each worker, separated by commas',
    about: 'Further remote workers, used beside the first one in its mode.',
  }),
  REMOTE_WAIT_MS: integer({
    default: 30_000,
    unit: 'milliseconds',
    about: 'How long POST /v1/audio/transcriptions waits for a remote worker that is away, where only one will do, before it answers 503.',
  }),
  ALLOW_INSECURE_WORKER: choice({
    of: ['false', 'true'],
    default: 'false',
    about: 'Allows http:// to remote workers that are not on this machine: token and recordings then travel in clear.',
  }),
  RETENTION_DAYS: integer({
    default: 0,
    unit: 'days',
    max: 36_500,
    about: 'Recordings and transcripts are deleted so many days after their job ended, unless their owner keeps them; 0 = never.',
  }),
  UNUSED_RECORDING_DAYS: integer({
    default: 7,
    unit: 'days',
    max: 36_500,
    about: 'Recordings that no job uses are deleted so many days after their upload; 0 = never.',
  }),
  MAX_UPLOAD_BYTES: integer({ default: 5 * GIB, unit: 'bytes', min: 1, about: 'Largest recording that is taken.' }),
  SESSION_QUOTA_BYTES: integer({ default: 0, unit: 'bytes', about: 'Most that the recordings of one session may take on disk; 0 = no limit.' }),
  UPLOAD_EXPIRY_MS: integer({
    default: 24 * 60 * 60 * 1000,
    unit: 'milliseconds',
    min: 1,
    about: 'A half upload is kept for so long after its last byte, so that it can go on.',
  }),
  DEVICE: engineSettings.DEVICE,
  LOCAL_WORKER_THREADS: integer({ default: 0, max: 256, about: 'CPU threads of the local worker; 0 = as measured best for the model.' }),
  LOCAL_WORKER_SLOTS: slotsSetting('the local worker'),
  ...modelSettings,
  ...serverSettings,
} as const;

export type Config = Settings<typeof settingsTable>;

/** Reads `.env` and the environment, validated and frozen. Throws SettingsError. */
export const readConfig = (): Config => readSettings(settingsTable, loadEnvironment(projectRoot, process.env), projectRoot);

/** What any program needs of the operating system, and nothing of ours: what child processes get besides their own settings. */
const systemVariables = [
  'PATH',
  'HOME',
  'USER',
  'LANG',
  'TZ',
  'TMPDIR',
  'TEMP',
  'TMP',
  'SystemRoot',
  'USERPROFILE',
  'LOCALAPPDATA',
  'LD_LIBRARY_PATH',
  'CUDA_VISIBLE_DEVICES',
];

export function systemEnvironment(): Record<string, string> {
  const entries = systemVariables.map((name) => [name, process.env[name]]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}
