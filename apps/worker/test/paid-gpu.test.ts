import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { paidGpu } from '../src/paid-gpu.ts';
import { runWorker, temporaryFolder } from './run-worker.ts';

it('names the GPU that is paid for, as the driver calls it', async () => {
  const driver = await temporaryFolder();
  await mkdir(path.join(driver, '0000:01:00.0'));
  await writeFile(path.join(driver, '0000:01:00.0', 'information'), 'Model: \t\t NVIDIA A100-SXM4-80GB\nIRQ:   \t\t 91\n');
  expect(paidGpu({ kind: 'pod', gpuCount: 1 }, driver)).toBe('NVIDIA A100-SXM4-80GB');
  expect(paidGpu({ kind: 'pod', gpuCount: 1 }, path.join(driver, 'nothing'))).toBe('GPU');
  for (const gpuCount of [null, 0]) expect(paidGpu({ kind: 'pod', gpuCount }, driver)).toBeNull();
  expect(paidGpu({ kind: 'serverless', gpuCount: null }, driver)).toBe('NVIDIA A100-SXM4-80GB');
  expect(paidGpu({ kind: 'serverless', gpuCount: null }, path.join(driver, 'nothing'))).toBeNull();
});

it('is told in a ping while the engine computes on the CPU all the same', async () => {
  const { client } = await runWorker({ paidGpu: 'NVIDIA A100' });
  expect(await (await client.fetch('/v1/ping')).json()).toMatchObject({ gpu: false, gpuName: 'NVIDIA A100', provider: 'cpu' });
});
