/** What follows when a life is over: settling first, then the deletion, whatever breaks on the way. */
import type { RunpodClient } from '@bulk-transcribe/runpod';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { endOfLife } from '../../src/life/end-of-life.ts';
import { Lifecycle } from '../../src/life/lifecycle.ts';
import type { Limits } from '../../src/life/limits.ts';
import type { Platform } from '../../src/life/platform.ts';
import { fakeEngineInfo } from '../fake-engine.ts';
import { FakeClock } from './fake-clock.ts';
import { limitsFor, nowhere, pod } from './lives.ts';

const settleTurns = () => new Promise<void>((resolve) => setImmediate(resolve));

interface Given {
  readonly platform?: Platform;
  readonly settle?: () => Promise<void>;
  readonly rescue?: () => Promise<void>;
  readonly deletePod?: RunpodClient['deletePod'];
  readonly limits?: Partial<Limits>;
}

function prepare({ platform = pod, settle = async () => undefined, rescue = async () => undefined, deletePod, limits = {} }: Given = {}) {
  const clock = new FakeClock();
  const lifecycle = new Lifecycle({ clock, limits: limitsFor(limits), platform });
  const steps: string[] = [];
  const accept = async () => ({ ok: true, status: 204, value: null }) as const;
  const client = {
    getPod: async () => expect.fail(),
    deletePod: deletePod ?? accept,
    actOnPod: accept,
    terminateByGraphql: accept,
    stopByGraphql: accept,
  };
  endOfLife({
    lifecycle,
    platform,
    client: {
      ...client,
      deletePod: (...call) => {
        steps.push(`delete at ${clock.now()}`);
        return client.deletePod(...call);
      },
    },
    graphql: true,
    clock,
    log: pino({ level: 'silent' }),
    signal: new AbortController().signal,
    settle: async () => {
      steps.push('settle');
      await settle();
    },
    rescue: async () => {
      steps.push('rescue');
      await rescue();
    },
    exit: async (code) => void steps.push(`exit ${code} at ${clock.now()}`),
  });
  const goTo = async (at: number) => {
    await settleTurns();
    await clock.goTo(at, settleTurns);
  };
  return { lifecycle, steps, goTo };
}

describe('the end of a life', () => {
  it('settles, deletes the pod, and exits five minutes after that was accepted', async () => {
    const { lifecycle, steps, goTo } = prepare();
    lifecycle.terminate('idle');
    await goTo(299_999);
    expect(steps.slice(0, 3)).toEqual(['settle', 'rescue', 'delete at 0']);
    expect(steps.join()).not.toContain('exit');
    expect(lifecycle.report.termination).toMatchObject({ acceptedAt: '2026-11-25T00:00:00.000Z' });
    await goTo(300_000);
    expect(steps.at(-1)).toBe('exit 0 at 300000');
  });

  it('waits five seconds for what does not settle, no longer; what cannot be brought to disk keeps no pod', async () => {
    const stuck = prepare({ settle: () => new Promise(() => undefined) });
    stuck.lifecycle.terminate('idle');
    await stuck.goTo(4_999);
    expect(stuck.steps).toEqual(['settle']);
    await stuck.goTo(5_000);
    expect(stuck.steps).toEqual(['settle', 'rescue', 'delete at 5000']);
    const failing = prepare({ settle: async () => Promise.reject(new Error('the disk is full')) });
    failing.lifecycle.terminate('idle');
    await failing.goTo(0);
    expect(failing.steps).toEqual(['settle', 'rescue', 'delete at 0']);
  });

  it('waits half a minute for results on their way to the bucket, and for a bucket that fails not at all', async () => {
    const slow = prepare({ rescue: () => new Promise(() => undefined) });
    slow.lifecycle.terminate('idle');
    await slow.goTo(29_999);
    expect(slow.steps).toEqual(['settle', 'rescue']);
    await slow.goTo(30_000);
    expect(slow.steps).toEqual(['settle', 'rescue', 'delete at 30000']);
    const failing = prepare({ rescue: async () => Promise.reject(new Error('no such bucket')) });
    failing.lifecycle.terminate('idle');
    await failing.goTo(0);
    expect(failing.steps).toEqual(['settle', 'rescue', 'delete at 0']);
  });

  it('is over at the end of the lifetime: the bucket has its half minute before that, and no longer', async () => {
    const never = () => new Promise<void>(() => undefined);
    const { lifecycle, steps, goTo } = prepare({ settle: never, rescue: never, limits: { rescueMs: 35_000, lostContactMs: null } });
    lifecycle.lifetimeIs(43_200_000, 'pod');
    lifecycle.backlogIs({ work: 0, results: 1 });
    lifecycle.engineLoaded(fakeEngineInfo);
    await goTo(43_200_000 - 35_001);
    expect(lifecycle.state).toBe('draining');
    await goTo(43_200_000 - 30_000);
    expect(steps).toEqual(['settle', 'rescue']);
    await goTo(43_200_000);
    expect(steps).toEqual(['settle', 'rescue', 'delete at 43200000']);
    const late = prepare({ rescue: never, limits: { rescueMs: 35_000 } });
    late.lifecycle.lifetimeIs(43_200_000, 'pod');
    await late.goTo(43_000_000);
    late.lifecycle.lifetimeIs(10_000, 'volume');
    late.lifecycle.terminate('idle');
    await late.goTo(43_009_999);
    expect(late.steps).toEqual(['settle', 'rescue']);
    await late.goTo(43_010_000);
    expect(late.steps).toEqual(['settle', 'rescue', 'delete at 43010000']);
  });

  it('begins a deletion again that broke by a fault of our own', async () => {
    let calls = 0;
    const { lifecycle, steps, goTo } = prepare({
      deletePod: async () => {
        if (calls++ === 0) throw new TypeError('nobody foresaw this');
        return { ok: true, status: 204, value: null };
      },
    });
    lifecycle.terminate('idle');
    await goTo(60_000);
    expect(steps).toEqual(['settle', 'rescue', 'delete at 0', 'delete at 60000']);
  });

  it('outside a pod exits at once: 0, and 3 after a task that took too long', async () => {
    const idle = prepare({ platform: nowhere });
    idle.lifecycle.terminate('idle');
    await idle.goTo(0);
    expect(idle.steps).toEqual(['settle', 'exit 0 at 0']);
    const overdue = prepare({ platform: nowhere });
    overdue.lifecycle.drain('execution_timeout');
    await overdue.goTo(0);
    expect(overdue.steps).toEqual(['settle', 'exit 3 at 0']);
  });

  it('by signal is not its business', async () => {
    const { lifecycle, steps, goTo } = prepare();
    lifecycle.drain('signal');
    await goTo(60_000);
    expect(steps).toEqual([]);
  });
});
