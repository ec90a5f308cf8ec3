import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';

/**
 * The environment an app reads its settings from: the `.env` file in the project's root, overruled by the real environment.
 * `ENV_FILE=none` in the real environment leaves the file out; the controller starts its local worker that way.
 */
export function loadEnvironment(root: string, real: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const given = withProxies(real);
  if (given['ENV_FILE'] === 'none') return given;
  return { ...readEnvFile(path.join(root, '.env')), ...given };
}

/** Proxies are named in lower case as often as in upper; where both are set, the lower one counts, as with curl. */
function withProxies(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const lower = ['https_proxy', 'http_proxy', 'no_proxy'].map((name) => [name.toUpperCase(), env[name]]);
  return { ...env, ...Object.fromEntries(lower.filter(([, value]) => value)) };
}

function readEnvFile(file: string): NodeJS.ProcessEnv {
  try {
    return parseEnv(readFileSync(file, 'utf8'));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw cause;
  }
}
