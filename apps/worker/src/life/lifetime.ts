/** From when a pod's lifetime counts: a restart of the container must not give it another life. */
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { RunpodClient } from '@bulk-transcribe/runpod';
import { writeAtomically } from '@bulk-transcribe/service';
import type { Logger } from 'pino';
import type { Clock } from './clock.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { Platform } from './platform.ts';
import { outlivesRestart } from './volume.ts';

export interface LifetimeOptions {
  readonly lifecycle: Lifecycle;
  readonly clock: Clock;
  readonly lifetimeMs: number;
  readonly client: Pick<RunpodClient, 'getPod'>;
  readonly platform: Platform;
  /** Where the time of the first start is kept, if that outlives a restart. */
  readonly folder: string;
  readonly log: Logger;
}

/** Counts from the first start that a file on the volume knows, then from the pod's creation if a key may read that. Never rejects. */
export async function countLifetime(options: LifetimeOptions): Promise<void> {
  const { lifecycle, clock, lifetimeMs, log } = options;
  const bornAt = await firstStart(options).catch((err: unknown) => {
    log.warn({ err }, 'the time of the first start cannot be kept on the volume');
    return null;
  });
  if (bornAt !== null) lifecycle.lifetimeIs(bornAt + lifetimeMs - clock.wall(), 'volume');
  const createdAt = await creation(options);
  if (createdAt !== null) lifecycle.lifetimeIs(createdAt + lifetimeMs - clock.wall(), 'pod');
}

/** When this pod first started, milliseconds since 1970; noted on the volume by whoever is first. */
async function firstStart({ folder, platform, clock }: LifetimeOptions): Promise<number | null> {
  await mkdir(folder, { recursive: true });
  if (!outlivesRestart(folder, platform)) return null;
  const file = path.join(folder, 'first-start.json');
  const held = await readStart(file);
  if (held?.podId === platform.workerId && typeof held.at === 'number' && held.at <= clock.wall()) return held.at;
  const at = clock.wall();
  await writeAtomically(file, JSON.stringify({ podId: platform.workerId, at }));
  return at;
}

/** Null where there is none, or one that cannot be read. */
async function readStart(file: string): Promise<{ podId?: unknown; at?: unknown } | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as { podId?: unknown; at?: unknown };
  } catch {
    return null;
  }
}

async function creation({ client, platform, clock }: LifetimeOptions): Promise<number | null> {
  if (platform.notArmedBecause) return null;
  for (const key of platform.keys) {
    const pod = await client.getPod(platform.workerId, key);
    const createdAt = pod.ok ? Date.parse(pod.value.createdAt) : Number.NaN;
    if (createdAt <= clock.wall()) return createdAt;
  }
  return null;
}
