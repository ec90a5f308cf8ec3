import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { RUNPOD_ENDPOINT_BASE_URL } from '@bulk-transcribe/runpod/addresses';
import { baseUrl, engineSettings, folder, loadEnvironment, modelSettings, readSettings, type Settings, text } from '@bulk-transcribe/service';

/** The project's root: three folders up, from `src` as from `dist`. */
export const projectRoot = fileURLToPath(new URL('../../../', import.meta.url));

export const settingsTable = {
  DATA_ROOT: folder({ default: './data', about: 'Where the models of the controller on this computer lie.' }),
  MODELS_DIR: folder({
    default: (settings) => path.join(String(settings['DATA_ROOT']), 'models'),
    defaultText: 'DATA_ROOT/models',
    about: 'Where models are kept.',
  }),
  CONTROLLER_TOKEN: text({
    default: '',
    secret: true,
    pattern: /^[\x21-\x7e]{1,512}$/,
    allowed: 'a token of visible characters without blanks',
    about: 'One of the API_TOKENS of the controller that `transcribe --controller` sends recordings to.',
  }),
  ...engineSettings,
  ...modelSettings,
  RUNPOD_API_KEY: text({ default: '', secret: true, about: 'A key of your account at RunPod, for the command endpoint.' }),
  RUNPOD_ENDPOINT_BASE_URL: baseUrl({
    default: RUNPOD_ENDPOINT_BASE_URL,
    about: 'Where serverless endpoints of RunPod are asked, with the version; the id of the endpoint comes below it.',
  }),
} as const;

export type Config = Settings<typeof settingsTable>;

/** Reads `.env` and the environment, validated and frozen. Throws SettingsError. */
export const readConfig = (): Config => readSettings(settingsTable, loadEnvironment(projectRoot, process.env), projectRoot);

/** npm starts us in the project's folder; paths on the command line are meant from where the person stands. */
export const fromUser = (file: string): string => path.resolve(process.env['INIT_CWD'] ?? process.cwd(), file);

/** What the shell tells a program that completes a line. */
export const shellEnvironment: Readonly<NodeJS.ProcessEnv> = process.env;
