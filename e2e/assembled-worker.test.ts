/** The worker as images carry it: assembled for production into a folder outside the repository, and started there. */
import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { copyFile, lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { defaultOptions, type Ping, type Transcript } from '@bulk-transcribe/protocol';
import { sampleRecording } from '@bulk-transcribe/sample';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { TestHub } from '../packages/models/test/test-hub.ts';
import { checkpoint } from '../packages/models/test/tiny-checkpoint.ts';
import { missingIn } from '../scripts/assemble/check-image.mjs';
import { acknowledge, clientOf, startWorker } from './test-pods.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'assembled-worker-'));
  await using hub = await TestHub.start();
  hub.repositories.set('somebody/whisper-of-mine', checkpoint());
  const command = [path.join(root, 'scripts/assemble.mjs'), 'worker', folder, '--model', 'somebody/whisper-of-mine'];
  const env = { ...process.env, HF_ENDPOINT: hub.url, HF_HUB_OFFLINE: '' };
  await promisify(execFile)(process.execPath, command, { cwd: root, env, maxBuffer: 2 ** 26 });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the assembled worker', () => {
  it('starts where it lies, says which build it is, does one task and ends', async () => {
    const build = { GIT_COMMIT: 'c0ffee', BUILD_TIME: '2026-11-25T00:00:00Z' };
    const entry = path.join(folder, 'apps/worker/dist/main.js');
    const worker = await startWorker({ ...build, TERMINATE_IDLE_TIME: '5000' }, { entry, cwd: os.tmpdir() });
    const client = await clientOf(worker);
    await worker.said(/^the worker is idle/);
    const ping = (await (await client.fetch('/v1/ping')).json()) as Ping;
    const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
    expect(ping).toMatchObject({ identity: { version, gitCommit: 'c0ffee', buildTime: build.BUILD_TIME }, provider: 'cpu' });
    const options = { ...defaultOptions, diarization: true };
    const { id } = await client.submit(new Uint8Array(await readFile(sampleRecording.path)), { options });
    await client.untilState(id, 'succeeded');
    const transcript = (await (await client.fetch(`/v1/tasks/${id}/result`)).json()) as Transcript;
    expect(transcript.segments.map(({ text }) => text).join(' ')).toContain('ask not what your country can do for you');
    // By models of its own folder: what is not carried along would only be a warning.
    expect(transcript.speakers).toMatchObject([{ id: 'S1' }]);
    await acknowledge(client, id);
    expect(await worker.ended).toBe(0);
  });

  it('carries the model that it was to be given', async () => {
    expect(await readdir(path.join(folder, 'models/somebody--whisper-of-mine'))).toEqual(
      expect.arrayContaining(['config.json', 'model.safetensors']),
    );
  });

  it('leans on nothing outside its folder, and carries neither sources nor what is for development', async () => {
    const outside: string[] = [];
    const names = await readdir(folder, { recursive: true });
    for (const name of names) {
      const file = path.join(folder, name);
      if (!(await lstat(file)).isSymbolicLink()) continue;
      if (path.relative(folder, path.resolve(path.dirname(file), await readlink(file))).startsWith('..')) outside.push(name);
    }
    expect(outside).toEqual([]);
    expect(names.filter((name) => /@bulk-transcribe\/\w+\/(src|test)$|^apps\/worker\/(src|test)$|\/(vitest|typescript|tsup)$/.test(name))).toEqual(
      [],
    );
  });

  it('has what it expects of a machine named where that is missing', async () => {
    const empty = path.join(folder, 'empty.crt');
    await writeFile(empty, '');
    expect(missingIn({ folder, cuda: false, certificates: empty })).toContain(`CA certificates: ${empty} is missing or empty.`);
    // Assembled without --cuda, so the provider is not there: an image for GPUs must not be built from it.
    expect(missingIn({ folder, cuda: true, certificates: import.meta.filename })).toContain('The CUDA provider of ONNX Runtime is missing.');
  });

  it.skipIf(process.platform !== 'linux' || process.arch !== 'x64')(
    'has every library named that its CUDA provider links to and the machine lacks',
    async () => {
      const runtime = (place: string) =>
        path.join(place, 'apps/worker/node_modules/.pnpm/onnxruntime-node@0/node_modules/onnxruntime-node/bin/napi-v6/linux/x64');
      const other = await mkdtemp(path.join(os.tmpdir(), 'assembled-worker-'));
      onTestFinished(() => rm(other, { recursive: true, force: true }));
      await mkdir(runtime(other), { recursive: true });
      // In the provider's place a library that links to one which is not there: it is what an image without cuDNN looks like to ldd.
      const [binding = ''] = globSync(
        'apps/worker/node_modules/.pnpm/onnxruntime-node@*/node_modules/onnxruntime-node/bin/napi-v6/linux/x64/*.node',
        { cwd: folder },
      );
      await copyFile(path.join(folder, binding), path.join(runtime(other), 'libonnxruntime_providers_cuda.so'));
      expect(missingIn({ folder: other, cuda: true, certificates: import.meta.filename })).toEqual(
        expect.arrayContaining([
          'libonnxruntime.so.1 cannot be found, which the CUDA provider of ONNX Runtime needs.',
          'cuDNN 9 is missing: libcudnn.so.9 cannot be found.',
        ]),
      );
    },
  );
});
