import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { folder, integer, loadEnvironment, port, readSettings, type Settings, serverSettings, text } from '@bulk-transcribe/service';

/** The project's root: three folders up, from `src` as from `dist`. */
export const projectRoot = fileURLToPath(new URL('../../../', import.meta.url));

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
  MODEL: text({ default: 'moonshine-tiny-en', about: 'Model that is loaded at start.' }),
  THREADS: integer({ default: 0, max: 256, about: 'CPU threads of the engine; 0 = as measured best for the model.' }),
  ...serverSettings,
} as const;

export type Config = Settings<typeof settingsTable>;

/** Reads `.env` and the environment, validated and frozen. Throws SettingsError. */
export const readConfig = (): Config => readSettings(settingsTable, loadEnvironment(projectRoot, process.env), projectRoot);

/** What the engine's process sees of our environment: everything but the token, which it has no use for. */
export function engineEnvironment(): Record<string, string> {
  const entries = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(entries.filter(([name]) => name !== 'WORKER_TOKEN'));
}
