import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';

/**
 * The environment an app reads its settings from: the `.env` file in the project's root, overruled by the real environment.
 * `ENV_FILE=none` in the real environment leaves the file out; the controller starts its local worker that way.
 */
export function loadEnvironment(root: string, real: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (real['ENV_FILE'] === 'none') return real;
  return { ...readEnvFile(path.join(root, '.env')), ...real };
}

function readEnvFile(file: string): NodeJS.ProcessEnv {
  try {
    return parseEnv(readFileSync(file, 'utf8'));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw cause;
  }
}
