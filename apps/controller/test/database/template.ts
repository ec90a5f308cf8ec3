/** A fresh DATA_ROOT with an initialised database: made once per machine and version (5 to 10 s), then copied. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { constants, cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { lockDirectory } from '@bulk-transcribe/service';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { migrations } from '../../src/database/migrations/index.ts';
import { openJobStore } from '../../src/jobs/open-job-store.ts';

export const quiet = pino({ level: 'silent' });

/** How long another test process may take to make the template. */
const TEMPLATE_MS = 100_000;

export async function temporaryDataRoot(): Promise<string> {
  const folder = await emptyFolder();
  await cp(path.join(await template(), 'db'), path.join(folder, 'db'), { recursive: true, mode: constants.COPYFILE_FICLONE });
  return folder;
}

/** Removed when the test ends. */
export async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'controller-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

async function template(): Promise<string> {
  const folder = path.join(tmpdir(), `controller-test-template-${userInfo().uid}-${contentKey()}`);
  using _lock = lockDirectory(`${folder}.making`, TEMPLATE_MS);
  const whole = path.join(folder, 'whole');
  if (existsSync(whole)) return folder;
  await rm(folder, { recursive: true, force: true });
  const store = await openJobStore({ dataRoot: folder, log: quiet });
  await store.close();
  await writeFile(whole, '');
  return folder;
}

/** Other migrations or other versions of what writes the files: another template. */
function contentKey(): string {
  const require = createRequire(import.meta.url);
  const versions = ['pg-boss', '@electric-sql/pglite'].map((name) => versionOf(require.resolve(name)));
  const content = JSON.stringify([migrations, versions]);
  return createHash('sha256').update(content).digest('hex').slice(0, 16);
}

/** pnpm writes the version into the path. */
const versionOf = (file: string): string => /node_modules\/\.pnpm\/([^/]+)/.exec(file.replaceAll('\\', '/'))?.[1] ?? file;
