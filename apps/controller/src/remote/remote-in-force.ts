/** Environment before what was saved before defaults, each value for itself; and a token for its own address alone. */
import type { ConfigSource, RemoteMode, RemoteWorkerConfig } from '@bulk-transcribe/protocol';
import type { SavedRemote } from './saved-remote-file.ts';
import { originOf } from './worker-url.ts';

/** As the environment gives it; empty = not given. */
export interface RemoteEnvironment {
  readonly url: string;
  readonly token: string;
  readonly mode: RemoteMode | '';
}

export interface RemoteSources {
  readonly env: RemoteEnvironment;
  readonly saved: SavedRemote;
  /** A saved file that could not be read. */
  readonly broken: string | null;
}

const sourceOf = (env: unknown, saved: unknown): ConfigSource => (env ? 'env' : saved ? 'saved' : 'default');

export const urlInForce = ({ env, saved }: RemoteSources): string => env.url || saved.url || '';
export const modeInForce = ({ env, saved }: RemoteSources): RemoteMode => env.mode || saved.mode || 'off';

/** The token that may be sent to this origin; empty where there is none. */
export function tokenFor(origin: string, sources: RemoteSources): string {
  const { env, saved } = sources;
  if (env.token) return origin === originOf(urlInForce(sources)) ? env.token : '';
  return saved.token && saved.tokenOrigin === origin ? saved.token : '';
}

/** What may be told of it: all but the token. */
export function describeConfig(sources: RemoteSources): RemoteWorkerConfig {
  const { env, saved } = sources;
  const url = urlInForce(sources);
  const by = {
    url: sourceOf(env.url, saved.url),
    token: sourceOf(env.token, saved.token),
    mode: sourceOf(env.mode, saved.mode),
  };
  return {
    url,
    mode: modeInForce(sources),
    tokenSet: Boolean(env.token || saved.token),
    updatedAt: saved.updatedAt ?? null,
    configSource: url ? by.url : by.mode,
    sources: by,
    ...(Object.values(by).includes('env') && { saved: { url: saved.url ?? '', mode: saved.mode ?? 'off', tokenSet: Boolean(saved.token) } }),
    warnings: warningsOf(sources),
  };
}

function warningsOf(sources: RemoteSources): string[] {
  const { env, saved, broken } = sources;
  const url = urlInForce(sources);
  const mode = modeInForce(sources);
  const rules: [boolean, string][] = [
    [broken !== null, `The saved configuration could not be read. It lies aside as config/${broken}; save again to have one.`],
    [Boolean(env.url) && !env.mode && !saved.mode, 'REMOTE_WORKER_URL is set without REMOTE_WORKER_MODE: the remote worker stays off.'],
    [mode !== 'off' && url === '', `The mode is ${mode}, but there is no address.`],
    [url !== '' && !env.token && !saved.token, 'There is no token: the worker will refuse every question.'],
    [
      url !== '' && Boolean(saved.token) && !env.token && tokenFor(originOf(url), sources) === '',
      `The token was set for ${saved.tokenOrigin || 'another address'} and is not sent to ${originOf(url)}. Enter the token of this worker.`,
    ],
  ];
  return rules.filter(([applies]) => applies).map(([, text]) => text);
}
