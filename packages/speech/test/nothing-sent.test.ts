import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { speakerModelFile } from '../src/models.ts';

test('ONNX Runtime keeps no device id and no usage data, from which something could be sent', async () => {
  const home = await mkdtemp(path.join(tmpdir(), 'bulk-transcribe-home-'));
  onTestFinished(() => rm(home, { recursive: true }));
  const opening = `
    const { openSession } = await import(${JSON.stringify(new URL('../src/onnx/open-session.ts', import.meta.url).href)});
    await openSession(${JSON.stringify(speakerModelFile('segmentation.onnx'))}, { device: 'cpu', threads: 1 });`;
  // On a build server the runtime sends nothing anyway.
  const { CI: _, ...environment } = process.env;
  const flags = ['--conditions=bulk-transcribe-source', '--input-type=module', '--eval', opening];
  await promisify(execFile)(process.execPath, flags, { env: { ...environment, HOME: home, XDG_CACHE_HOME: undefined } });
  expect(await readdir(home)).toEqual([]);
});
