/** A GPU whose memory is taken in the middle of a recording; sessions on the CPU stand in for it. */
import type { Fallback } from '@bulk-transcribe/protocol';
import { afterEach, expect, it, vi } from 'vitest';
import { openDiarizer } from '../../src/diarization/diarizer.ts';
import { type Graph, openSession } from '../../src/onnx/open-session.ts';
import { RATE, sampleAudio } from '../media.ts';

vi.mock(import('../../src/onnx/open-session.ts'), { spy: true });
const { openSession: open } = await vi.importActual<typeof import('../../src/onnx/open-session.ts')>('../../src/onnx/open-session.ts');
afterEach(() => void vi.mocked(openSession).mockReset());

const { signal } = new AbortController();
const samples = (await sampleAudio()).subarray(0, 20 * RATE);
async function* audio() {
  yield [samples];
}

/** So many runs of each model work there in all, the one at the start of the diarizer among them. */
const gpuWith = (runs: number) =>
  vi.mocked(openSession).mockImplementation(async (model, place) => {
    const session = await open(model, { ...place, device: 'cpu' });
    if (place.device === 'cpu') return session;
    let left = runs;
    const run: Graph['run'] = async (feeds) => {
      if (left-- <= 0) throw new Error('CUDA failure 2: out of memory');
      return await session.run(feeds);
    };
    return Object.assign(Object.create(session), { run, release: () => session.release() });
  });

it('the CPU goes on where the GPU failed, with the same evidence, and that is told once', async () => {
  const onCpu = await openDiarizer({ device: 'cpu', threads: 1 });
  const wanted = await onCpu.analyse(audio(), { channels: 'auto', signal });
  await onCpu.release();
  vi.mocked(openSession).mockClear();
  gpuWith(3);
  const diarizer = await openDiarizer({ device: 'cuda', threads: 1 });
  for (const _recording of ['first', 'second']) {
    const fallbacks: Fallback[] = [];
    const evidence = await diarizer.analyse(audio(), { channels: 'auto', signal, onFallback: (fallback) => fallbacks.push(fallback) });
    expect(evidence).toEqual(wanted);
    expect(fallbacks).toEqual([{ what: 'device', from: 'GPU', to: 'CPU', reason: expect.stringContaining('out of memory') }]);
  }
  expect(vi.mocked(openSession).mock.calls.map(([, { device }]) => device)).toEqual([...Array(3).fill('cuda'), ...Array(3).fill('cpu')]);
  await diarizer.release();
});

it('a GPU that works has nothing to tell', async () => {
  gpuWith(1000);
  const diarizer = await openDiarizer({ device: 'cuda', threads: 1 });
  const onFallback = vi.fn();
  await diarizer.analyse(audio(), { channels: 'auto', signal, onFallback });
  expect(onFallback).not.toHaveBeenCalled();
  await diarizer.release();
});
