import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '@bulk-transcribe/protocol';

export interface LocalJob {
  readonly id: string;
  readonly input: unknown;
}

/** RunPod's names for it, the early one first. */
const FILES = ['test_inputs.json', 'test_input.json'];

/** The job of a local test: as given on the command line, else from the first of the files that is there; null where there is none. Throws invalid_request. */
export async function findJob(root: string, given: string | undefined): Promise<LocalJob | null> {
  if (given !== undefined) return parseJob(given, '--test_input');
  for (const name of FILES) {
    const text = await readFile(path.join(root, name), 'utf8').catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT') return null;
      throw cause;
    });
    if (text !== null) return parseJob(text, name);
  }
  return null;
}

function parseJob(text: string, where: string): LocalJob {
  const job = parse(text, where);
  const { id, input } = job as Partial<LocalJob>;
  if (typeof input !== 'object' || input === null) throw new AppError('invalid_request', `${where} has no “input”.`, { field: 'input' });
  return { id: typeof id === 'string' && id ? id : 'local_test', input };
}

function parse(text: string, where: string): object {
  try {
    const found: unknown = JSON.parse(text);
    if (typeof found === 'object' && found !== null) return found;
  } catch (cause) {
    throw new AppError('invalid_request', `${where} is not JSON: ${String(cause)}`, { cause });
  }
  throw new AppError('invalid_request', `${where} is not a JSON object.`);
}
