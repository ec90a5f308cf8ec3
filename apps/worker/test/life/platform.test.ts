/** What the environment of a container means, and the early worker's limits: the rows of both vectors. */

import { trySettings } from '@bulk-transcribe/service';
import { describe, expect, it } from 'vitest';
import { settingsTable } from '../../src/config.ts';
import { Lifecycle } from '../../src/life/lifecycle.ts';
import { limitsOf } from '../../src/life/limits.ts';
import { readPlatform } from '../../src/life/platform.ts';
import { fakeEngineInfo } from '../fake-engine.ts';
import { FakeClock } from './fake-clock.ts';
import { pod } from './lives.ts';
import { casesOf, testRows } from './vector-file.ts';

const read = (env: Record<string, string>) => trySettings(settingsTable, env, '/project');

describe('the environment of a container', () => {
  interface Row {
    readonly id: string;
    readonly given: { readonly env: Record<string, string>; readonly now?: number };
    readonly expect: {
      readonly workerId?: string;
      readonly platform?: string;
      readonly seppuku?: string;
      readonly keysInOrder?: string[];
      readonly first?: string;
      readonly gpuCount?: number;
    };
  }

  /** The words of the vector for what we know. */
  function seppukuOf({ kind, notArmedBecause }: ReturnType<typeof readPlatform>): string {
    if (kind === 'serverless') return 'never';
    if (kind === 'none') return 'exit only';
    return notArmedBecause ? 'not armed' : 'armed';
  }

  const asTheRowSays = ({ given, expect: expected }: Row) => {
    const { settings, problems } = read(given.env);
    expect(problems).toEqual([]);
    const platform = readPlatform(settings);
    if (expected.platform) expect(platform.kind).toBe(expected.platform);
    if (expected.seppuku) expect(seppukuOf(platform)).toBe(expected.seppuku);
    if (expected.keysInOrder) expect(platform.keys.map(({ name }) => name)).toEqual(expected.keysInOrder);
    if (expected.workerId === '<uuid>') expect(platform.workerId).toMatch(/^[0-9a-f-]{36}$/);
    else if (expected.workerId) expect(platform.workerId).toBe(expected.workerId);
    if (expected.gpuCount !== undefined) expect(platform.gpuCount).toBe(expected.gpuCount);
    if (!expected.first) return;
    // deadline-passed: seppuku before anything else.
    const clock = new FakeClock((given.now ?? 0) * 1000);
    const lifecycle = new Lifecycle({ clock, limits: limitsOf(settings, platform), platform });
    lifecycle.lifetimeIs(settings.HARD_DEADLINE_EPOCH * 1000 - clock.wall(), 'deadline');
    expect(lifecycle.report).toMatchObject({ state: 'terminating', willEndBecause: 'lifetime' });
  };

  testRows<Row>('pod-environment', {
    'plain-pod': asTheRowSays,
    'own-key-is-shadowed': ({ given }) => {
      const { settings } = read(given.env);
      expect(readPlatform(settings).keys.map(({ value }) => value)).toEqual([given.env['RUNPOD_API_KEY']]);
      // Ours goes by its own name.
      const spare = read({ RUNPOD_POD_ID: 'pod1', RUNPOD_TERMINATE_API_KEY: 'rpa_SPARE' }).settings;
      expect(readPlatform(spare)).toMatchObject({ keys: [{ name: 'RUNPOD_TERMINATE_API_KEY' }], notArmedBecause: '' });
    },
    'two-keys': asTheRowSays,
    'no-key': asTheRowSays,
    'not-in-a-pod': asTheRowSays,
    'bad-pod-id': asTheRowSays,
    'serverless-worker': asTheRowSays,
    'deadline-passed': asTheRowSays,
  });

  it('without a key says what to do', () => {
    expect(readPlatform(read({ RUNPOD_POD_ID: 'pod1' }).settings).notArmedBecause).toContain('terminate this pod by hand');
  });
});

describe('the limits of the early worker', () => {
  interface Row {
    readonly id: string;
    readonly given: { readonly TERMINATE_IDLE_TIME?: string | null; readonly EXECUTION_TIMEOUT?: string | null; readonly activity: string };
    readonly expect: { readonly oursSeconds?: number | null; readonly ours?: string };
  }

  /** Seconds until the pod would end, or its job is failed; null where neither comes within a day. */
  function firstEnd(lifecycle: Lifecycle, clock: FakeClock, activities: string): number | null {
    let endedAt: number | null = null;
    const ended = () => {
      endedAt ??= clock.now() / 1000;
    };
    lifecycle.on('change', ({ to }) => to === 'terminating' && ended());
    lifecycle.on('overdue', ended);
    for (const step of activities.split(',')) {
      const [activity, seconds] = step.trim().split(' ');
      const work = activity === 'busy' ? lifecycle.workBegins() : null;
      clock.pass(seconds ? Number(seconds) * 1000 : 24 * 60 * 60 * 1000);
      if (work && seconds) lifecycle.workEnded(work);
    }
    return endedAt;
  }

  it.each(casesOf<Row>('early-ttl').map((row) => [row.id, row] as const))('%s', (_id, { given, expect: expected }) => {
    const { activity, ...variables } = given;
    const { settings, problems } = read(Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, value ?? ''])));
    const clock = new FakeClock();
    const lifecycle = new Lifecycle({ clock, limits: limitsOf(settings, pod), platform: pod });
    // `ours` in words: refused, and inside a pod it stays up, says so, and runs the default idle time.
    const isRefused = expected.oursSeconds === undefined;
    expect(problems.length).toBe(isRefused ? 1 : 0);
    if (isRefused) lifecycle.closeIntake(problems.join());
    else lifecycle.engineLoaded(fakeEngineInfo);
    lifecycle.contact();
    if (isRefused) expect(lifecycle.health).toMatchObject({ status: 'failed', message: expect.stringContaining('TERMINATE_IDLE_TIME') });
    expect(firstEnd(lifecycle, clock, activity)).toBe(isRefused ? 60 : expected.oursSeconds);
  });

  it('WORKER_ZERO=true is worker zero, too; caps are a pod’s alone; serverless has none', () => {
    const { settings } = read({ WORKER_ZERO: 'true' });
    expect(limitsOf(settings, pod)).toMatchObject({
      idleMs: null,
      lifetimeMs: 43_200_000,
      lostContactMs: 900_000,
      firstContactMs: 900_000,
      drainMs: 120_000,
      rescueMs: 5_000,
    });
    const bucket = { BUCKET_ENDPOINT_URL: 'https://s3.example', BUCKET_ACCESS_KEY_ID: 'id', BUCKET_SECRET_ACCESS_KEY: 'key' };
    expect(limitsOf(read(bucket).settings, pod)).toMatchObject({ rescueMs: 35_000 });
    const defaults = read({}).settings;
    expect(limitsOf(defaults, { ...pod, kind: 'none' })).toMatchObject({ idleMs: 60_000, lifetimeMs: null, lostContactMs: null });
    expect(limitsOf(defaults, { ...pod, kind: 'serverless' })).toMatchObject({ idleMs: null, lifetimeMs: null, lostContactMs: null });
  });
});
