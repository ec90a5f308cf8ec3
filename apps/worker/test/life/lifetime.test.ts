/** From when a pod's lifetime counts, on real files and a fake RunPod. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { RunpodClient } from '@bulk-transcribe/runpod';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FakeRunpod } from '../../../../e2e/fake-runpod.ts';
import { Lifecycle } from '../../src/life/lifecycle.ts';
import { countLifetime } from '../../src/life/lifetime.ts';
import type { Platform } from '../../src/life/platform.ts';
import { outlivesRestart } from '../../src/life/volume.ts';
import { temporaryFolder } from '../run-worker.ts';
import { FakeClock } from './fake-clock.ts';
import { limitsFor, nowhere, pod } from './lives.ts';

const HOUR = 60 * 60 * 1000;
const START = Date.parse('2026-11-25T00:00:00Z');
/** A pod whose folder outlives a restart, as every folder does that is not in a container. */
const withVolume: Platform = { ...pod, kind: 'none' };

interface Given {
  readonly at?: number;
  readonly folder: string;
  readonly platform?: Platform;
  /** When RunPod says that the pod was created; left out where it tells nothing. */
  readonly createdAt?: number;
}

async function count({ at = START, folder, platform = withVolume, createdAt }: Given) {
  const api = await FakeRunpod.start();
  onTestFinished(() => api.close());
  if (createdAt !== undefined) api.addPod(pod.workerId, [pod.keys[0]?.value ?? ''], new Date(createdAt).toISOString());
  const clock = new FakeClock(at);
  const lifecycle = new Lifecycle({ clock, limits: limitsFor({ drainMs: 0, rescueMs: 0 }), platform });
  lifecycle.lifetimeIs(12 * HOUR, 'boot');
  const client = new RunpodClient({ baseUrl: api.url, userAgent: 'bulk-transcribe/test' });
  await countLifetime({ lifecycle, clock, lifetimeMs: 12 * HOUR, client, platform, folder, log: pino({ level: 'silent' }) });
  const { lifetimeFrom, endsAt } = lifecycle.report;
  return { from: lifetimeFrom, endsInHours: (Date.parse(endsAt ?? '') - at) / HOUR };
}

describe('the lifetime', () => {
  it('goes on over a restart of the container where a volume keeps its beginning', async () => {
    const folder = await temporaryFolder();
    expect(await count({ folder })).toEqual({ from: 'volume', endsInHours: 12 });
    expect(await count({ folder, at: START + 5 * HOUR })).toEqual({ from: 'volume', endsInHours: 7 });
  });

  it('begins anew for another pod on the same volume, and where the file is broken or from the future', async () => {
    const folder = await temporaryFolder();
    await count({ folder });
    expect(await count({ folder, at: START + 5 * HOUR, platform: { ...withVolume, workerId: 'pod2' } })).toEqual({ from: 'volume', endsInHours: 12 });
    for (const text of ['', '{"podId":"pod1"}', JSON.stringify({ podId: 'pod1', at: START + HOUR })]) {
      await writeFile(path.join(folder, 'first-start.json'), text);
      expect(await count({ folder })).toEqual({ from: 'volume', endsInHours: 12 });
      expect(JSON.parse(await readFile(path.join(folder, 'first-start.json'), 'utf8'))).toEqual({ podId: 'pod1', at: START });
    }
  });

  it('counts from the creation of the pod where a key may read it', async () => {
    const folder = await temporaryFolder();
    expect(await count({ folder, createdAt: START - 3 * HOUR })).toEqual({ from: 'pod', endsInHours: 9 });
  });

  it('counts from boot where there is neither', async () => {
    const folder = await temporaryFolder();
    // A folder on the file system of the root is wiped with the container.
    const inContainer = !outlivesRestart(folder, pod);
    expect(outlivesRestart(folder, nowhere)).toBe(true);
    expect(await count({ folder, platform: pod })).toEqual({ from: inContainer ? 'boot' : 'volume', endsInHours: 12 });
  });
});
