import { expect, it, vi } from 'vitest';
import type { Diarizer } from '../../src/diarization/diarizer.ts';
import { openDiarizer } from '../../src/diarization/diarizer.ts';
import { openDiarizerOn } from '../../src/diarization/open-on-device.ts';
import { openSession, type SessionPlace } from '../../src/onnx/open-session.ts';

vi.mock(import('../../src/onnx/open-session.ts'), { spy: true });

const gpu = { kind: 'cuda', name: 'Big GPU' } as const;
const opened: Diarizer = { device: 'cpu', analyse: () => Promise.reject(new Error('not here')), release: async () => {} };
const worksOn = (device: SessionPlace['device']) =>
  vi.fn(async (place: SessionPlace) => {
    if (place.device !== device) throw new Error('cuDNN is missing');
    return opened;
  });

it('speakers are told apart on the GPU where the engine computes there', async () => {
  const open = worksOn('cuda');
  expect(await openDiarizerOn(gpu, open)).toEqual({ diarizer: opened, fallbacks: [] });
  expect(open.mock.calls).toEqual([[{ device: 'cuda', threads: 1 }]]);
});

it('where the GPU fails it is the CPU, and that is told', async () => {
  const { diarizer, fallbacks } = await openDiarizerOn(gpu, worksOn('cpu'));
  expect(diarizer).toBe(opened);
  expect(fallbacks).toEqual([{ what: 'device', from: 'Big GPU', to: 'CPU', reason: expect.stringContaining('Speakers') }]);
});

it('the device reaches the sessions of all graphs', async () => {
  vi.mocked(openSession).mockRejectedValueOnce(new Error('no such provider here'));
  await expect(openDiarizer({ device: 'cuda', threads: 1 })).rejects.toThrow('no such provider here');
  expect(vi.mocked(openSession).mock.calls.map(([, place]) => place.device)).toEqual(['cuda']);
  const diarizer = await openDiarizer({ device: 'cpu', threads: 1 });
  const places = vi.mocked(openSession).mock.calls.slice(1);
  expect(places.map(([, { device }]) => device)).toEqual(['cpu', 'cpu', 'cpu']);
  await diarizer.release();
});

it('a machine on which it works nowhere has no diarizer, and no end', async () => {
  const open = vi.fn(() => Promise.reject(new Error('damaged')));
  expect(await openDiarizerOn({ kind: 'cpu', name: null }, open)).toEqual({ diarizer: null, fallbacks: [] });
});
