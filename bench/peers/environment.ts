/** faster-whisper in an environment of its own, and the same weights as ours in its format. Made once, then found. */
import { execFile } from 'node:child_process';
import { access, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Another version is another peer: the folder is named after them. */
const PACKAGES = ['faster-whisper==1.2.1', 'ctranslate2==4.8.5'];

export interface PeerEnvironment {
  readonly python: string;
  /** The checkpoint for CTranslate2. */
  readonly weights: string;
}

/** `folder`: where it is kept. Rejects where there is no Python, and where its packages cannot be fetched. */
export async function peerEnvironment(folder: string, checkpoint: string): Promise<PeerEnvironment> {
  const python = await madeOnce(path.join(folder, PACKAGES.join('_')), install);
  const script = path.join(import.meta.dirname, 'convert_weights.py');
  const weights = await madeOnce(path.join(folder, path.basename(checkpoint)), (target) => run(pythonOf(python), [script, checkpoint, target]));
  return { python: pythonOf(python), weights };
}

const pythonOf = (folder: string): string => path.join(folder, 'bin/python');

async function install(folder: string): Promise<void> {
  await run('python3', ['-m', 'venv', folder]).catch((cause: unknown) => {
    throw new Error('The peers are written in Python: install Python 3.9 or newer with its venv module, so that python3 is on PATH.', { cause });
  });
  console.error(`Installing ${PACKAGES.join(' and ')}`);
  await run(pythonOf(folder), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...PACKAGES]);
}

/** What is made half is made anew. */
async function madeOnce(folder: string, make: (folder: string) => Promise<unknown>): Promise<string> {
  const done = path.join(folder, '.complete');
  if (
    await access(done).then(
      () => true,
      () => false,
    )
  )
    return folder;
  await rm(folder, { recursive: true, force: true });
  await mkdir(path.dirname(folder), { recursive: true });
  await make(folder);
  await mkdir(done);
  return folder;
}
