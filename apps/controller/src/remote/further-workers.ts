/** REMOTE_WORKERS: name|address|token for each worker beside the first one. */
import { toAppError } from '@bulk-transcribe/protocol';
import { SettingsError } from '@bulk-transcribe/service';
import type { RemoteAddress } from './remote-worker.ts';
import { readWorkerUrl } from './worker-url.ts';

/** Throws SettingsError where an address is none to connect to, or a name stands for two. Never tells a token. */
export function readFurther(entries: readonly string[], rules: { allowInsecure: boolean }): RemoteAddress[] {
  const workers = entries.map((entry) => readEntry(entry, rules));
  const names = ['local', ...workers.map(({ name }) => name)];
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new SettingsError(`REMOTE_WORKERS names two workers "${twice}"; allowed: a name of its own for each, not "local".`);
  return workers;
}

function readEntry(entry: string, rules: { allowInsecure: boolean }): RemoteAddress {
  const [name = '', url = '', token = ''] = entry.split('|');
  try {
    return { name, url: readWorkerUrl(url, rules), token };
  } catch (cause) {
    throw new SettingsError(`REMOTE_WORKERS: the address of "${name}" is not usable. ${toAppError(cause).message}`);
  }
}
