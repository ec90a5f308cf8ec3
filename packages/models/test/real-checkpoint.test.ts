/** A real model of 149 MB over a real line that is cut. */
import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { tryLockDirectory } from '@bulk-transcribe/service';
import { expect, onTestFinished, test } from 'vitest';
import { hubSource, ModelStore } from '../src/index.ts';
import { type HubFile, TestHub } from './test-hub.ts';
import { COMMIT } from './tiny-checkpoint.ts';

const devData = process.env['BULK_TRANSCRIBE_DEV_DATA'];
if (!devData) console.warn('BULK_TRANSCRIBE_DEV_DATA is not set: no real checkpoint is installed here.');

const sha256Of = async (file: string): Promise<string> => {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
};

test.skipIf(!devData)('Whisper base arrives as it is, is cut twice on the way, and tells what it is', async () => {
  const origin = path.join(devData ?? '', 'models', 'whisper-base');
  await using hub = await TestHub.start();
  const names = await readdir(origin);
  const files = names.map((name): [string, HubFile] => [name, { bytes: readFileSync(path.join(origin, name)), lfs: name === 'model.safetensors' }]);
  hub.repositories.set('openai/whisper-base', { commit: COMMIT, files: Object.fromEntries(files) });
  let cuts = 0;
  hub.fault = ({ door }) => (door === 'bytes' && cuts++ < 2 ? { kind: 'cut', after: 40_000_000 } : null);
  const folder = await mkdtemp(path.join(tmpdir(), 'bt-real-model-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const proxies = { http: '', https: '', except: '' };
  const wait = async (_: number, signal: AbortSignal) => signal.throwIfAborted();
  await using store = new ModelStore({ folder, hub: { endpoint: hub.url, token: '', offline: false, proxies }, lock: tryLockDirectory, wait });
  const model = await store.install(hubSource('base'), { signal: new AbortController().signal });
  expect(model).toMatchObject({ name: 'base', problem: null, parameters: 72_593_920 });
  expect(model.languages).toHaveLength(99);
  for (const name of names) expect(await sha256Of(path.join(folder, 'base', name)), name).toBe(await sha256Of(path.join(origin, name)));
  // What had arrived when the line was cut is not sent again.
  expect(hub.asked.filter(({ door }) => door === 'bytes').map(({ headers }) => headers.range)).toEqual([
    undefined,
    expect.stringMatching(/^bytes=[1-9]\d*-$/),
    expect.stringMatching(/^bytes=[1-9]\d*-$/),
  ]);
});
