import { mkdir, writeFile } from 'node:fs/promises';
import { AppError } from '@bulk-transcribe/protocol';
import { describe, expect, it } from 'vitest';
import { chooseDevice } from '../../src/device/choose-device.ts';
import { freeMemory } from '../../src/device/free-memory.ts';
import { probeDevice } from '../../src/device/probe-device.ts';
import { readGpus } from '../../src/device/read-gpus.ts';
import { countRuns } from '../../src/onnx/session-profile.ts';
import { temporaryFolder } from '../media.ts';

const GIB = 2 ** 30;
const card = { name: 'NVIDIA RTX 4090', totalBytes: 24 * GIB, freeBytes: 20 * GIB };
const broken = new AppError('engine_unavailable', 'cuDNN is missing.');
const machine = ({ gpus = [card], works = true }: { gpus?: (typeof card)[]; works?: boolean }) => ({
  readGpus: async () => gpus,
  probe: async () => {
    if (!works) throw broken;
  },
});

describe('the device', () => {
  it('is the GPU where one is there and computes, under its name', async () => {
    for (const wish of ['auto', 'cuda'] as const) {
      expect(await chooseDevice(wish, machine({}))).toEqual({ kind: 'cuda', name: card.name, fallbacks: [] });
    }
    expect(await chooseDevice('cuda', machine({ gpus: [] }))).toMatchObject({ kind: 'cuda', name: 'GPU' });
  });

  it('is the CPU where no GPU is, or none is wanted, and nothing needs to be said', async () => {
    const cpu = { kind: 'cpu', name: null, fallbacks: [] };
    expect(await chooseDevice('auto', machine({ gpus: [] }))).toEqual(cpu);
    expect(await chooseDevice('cpu', machine({}))).toEqual(cpu);
  });

  it('that does not compute is an error where it was asked for, and told where it was not', async () => {
    await expect(chooseDevice('cuda', machine({ works: false }))).rejects.toBe(broken);
    expect(await chooseDevice('auto', machine({ works: false }))).toEqual({
      kind: 'cpu',
      name: null,
      fallbacks: [{ what: 'device', from: card.name, to: 'CPU', reason: 'cuDNN is missing.' }],
    });
  });

  it('proves itself by a calculation in its own provider', async () => {
    await expect(probeDevice('cpu')).resolves.toBeUndefined();
    const { byProvider, copies } = countRuns([
      { cat: 'Node', name: 'Conv_1_kernel_time', args: { provider: 'CUDAExecutionProvider', op_name: 'Conv' } },
      { cat: 'Node', name: 'Memcpy_kernel_time', args: { provider: 'CUDAExecutionProvider', op_name: 'MemcpyToHost' } },
      { cat: 'Node', name: 'Shape_kernel_time', args: { provider: 'CPUExecutionProvider', op_name: 'Shape' } },
      { cat: 'Session', name: 'model_run' },
    ]);
    expect({ byProvider, copies }).toEqual({ byProvider: { CUDAExecutionProvider: 2, CPUExecutionProvider: 1 }, copies: 1 });
  });
});

describe('memory', () => {
  it('of the GPUs is read from the driver, in its order', async () => {
    const asked: unknown[] = [];
    const gpus = await readGpus(async (...call) => {
      asked.push(call);
      return 'NVIDIA RTX 4090, 24564, 20000\nNVIDIA A40, 46068, 46000\n\n';
    });
    expect(gpus.map(({ name }) => name)).toEqual(['NVIDIA RTX 4090', 'NVIDIA A40']);
    expect(gpus[0]).toMatchObject({ totalBytes: 24564 * 2 ** 20, freeBytes: 20000 * 2 ** 20 });
    expect(asked).toEqual([['nvidia-smi', ['--query-gpu=name,memory.total,memory.free', '--format=csv,noheader,nounits']]]);
    expect(await readGpus(async () => Promise.reject(new Error('ENOENT')))).toEqual([]);
    expect(await readGpus(async () => 'No devices were found\n')).toEqual([]);
  });

  it('of a container is what its limit leaves; files that the kernel may drop count as free', async () => {
    await using folder = await temporaryFolder();
    const write = async (limit: string) => {
      await mkdir(folder.path('group'), { recursive: true });
      await writeFile(folder.path('group/memory.max'), `${limit}\n`);
      await writeFile(folder.path('group/memory.current'), `${3 * GIB}\n`);
      await writeFile(folder.path('group/memory.stat'), `anon ${GIB}\ninactive_file ${2 * GIB}\nactive_file 0\n`);
    };
    await write(String(4 * GIB));
    expect(freeMemory(folder.path('group'), 16 * GIB)).toBe(3 * GIB);
    expect(freeMemory(folder.path('group'), GIB)).toBe(GIB);
    await write('max');
    expect(freeMemory(folder.path('group'), 16 * GIB)).toBe(16 * GIB);
    expect(freeMemory(folder.path('none'), 16 * GIB)).toBe(16 * GIB);
  });
});
