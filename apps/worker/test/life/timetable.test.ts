/** What ends when: each test is a timetable, in milliseconds from the end of boot unless it says otherwise. */
import type { EndReason, WorkerState } from '@bulk-transcribe/protocol';
import { describe, expect, it } from 'vitest';
import { Lifecycle } from '../../src/life/lifecycle.ts';
import type { Limits } from '../../src/life/limits.ts';
import type { Platform } from '../../src/life/platform.ts';
import { fakeEngineInfo } from '../fake-engine.ts';
import { FakeClock } from './fake-clock.ts';
import { limitsFor, pod } from './lives.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

interface Given {
  readonly limits?: Partial<Limits>;
  readonly platform?: Platform;
  /** Left out: the engine is loaded at 0 and a first authenticated call comes at 0. */
  readonly contact?: false;
}

function boot({ limits = {}, platform = pod, contact }: Given = {}) {
  const clock = new FakeClock();
  const lifecycle = new Lifecycle({ clock, limits: limitsFor(limits), platform });
  const states: WorkerState[] = ['booting'];
  const reasons: (EndReason | null)[] = [];
  const overdue: number[] = [];
  lifecycle.on('change', ({ from, to, reason }) => {
    expect(from).toBe(states.at(-1));
    states.push(to);
    reasons.push(reason);
  });
  lifecycle.on('overdue', () => overdue.push(clock.now()));
  lifecycle.engineLoaded(fakeEngineInfo);
  if (contact !== false) lifecycle.contact();
  const at = (ms: number) => clock.pass(ms - clock.now());
  /** A task as the runner and the store tell of it. */
  const task = {
    queued: () => lifecycle.backlogIs({ work: 1, results: 0 }),
    begins: () => {
      lifecycle.backlogIs({ work: 1, results: 0 });
      lifecycle.workBegins();
    },
    ends: () => {
      lifecycle.backlogIs({ work: 0, results: 1 });
      lifecycle.workEnded();
    },
    acknowledged: () => lifecycle.backlogIs({ work: 0, results: 0 }),
  };
  return { clock, lifecycle, states, reasons, overdue, at, task };
}

describe('the idle time', () => {
  it('at 59,999 ms idle the pod lives; at 60,000 it has closed its intake', () => {
    const { at, lifecycle, reasons } = boot();
    at(59_999);
    expect(lifecycle.state).toBe('idle');
    expect(lifecycle.accepting).toBe(true);
    at(60_000);
    expect(lifecycle.state).toBe('terminating');
    expect(reasons.at(-1)).toBe('idle');
    expect(() => lifecycle.assertAccepting()).toThrow(expect.objectContaining({ code: 'shutting_down' }));
  });

  it('a task that arrives in between is taken and resets the clock', () => {
    const { at, lifecycle, task } = boot();
    at(59_999);
    lifecycle.assertAccepting();
    const taken = lifecycle.begin('task');
    at(60_500);
    expect(lifecycle.state).toBe('idle');
    task.begins();
    taken[Symbol.dispose]();
    at(80_000);
    task.ends();
    task.acknowledged();
    at(139_999);
    expect(lifecycle.state).toBe('idle');
    at(140_000);
    expect(lifecycle.state).toBe('terminating');
  });

  it('counts from the end of a long job, not from its start', () => {
    const { at, lifecycle, task } = boot({ limits: { executionMs: 2 * HOUR, lostContactMs: null } });
    task.begins();
    at(HOUR);
    expect(lifecycle.state).toBe('busy');
    task.ends();
    expect(lifecycle.state).toBe('idle');
    task.acknowledged();
    at(HOUR + 59_999);
    expect(lifecycle.state).toBe('idle');
    at(HOUR + MINUTE);
    expect(lifecycle.state).toBe('terminating');
  });

  it('five minutes between boot and the first authenticated call, then ten minutes of browser upload: the pod is still there', () => {
    const { at, lifecycle } = boot({ contact: false });
    at(5 * MINUTE);
    expect(lifecycle.state).toBe('idle');
    for (let ms = 5 * MINUTE; ms <= 15 * MINUTE; ms += 20_000) {
      at(ms);
      lifecycle.contact();
      lifecycle.hold(MINUTE);
    }
    expect(lifecycle.state).toBe('idle');
    expect(lifecycle.report).toMatchObject({ keptAliveBy: ['hold'], idleLeftMs: null, willEndBecause: 'idle' });
    // The last hold lasts until 16 minutes; the idle time counts from there.
    at(17 * MINUTE - 1);
    expect(lifecycle.state).toBe('idle');
    at(17 * MINUTE);
    expect(lifecycle.state).toBe('terminating');
  });

  it('a pod that nobody ever calls ends 15 minutes and one idle time after boot', () => {
    const { at, lifecycle } = boot({ contact: false });
    at(16 * MINUTE - 1);
    expect(lifecycle.state).toBe('idle');
    at(16 * MINUTE);
    expect(lifecycle.state).toBe('terminating');
  });

  it('requests that only look extend nothing', () => {
    const { at, lifecycle } = boot();
    for (let ms = 0; ms < MINUTE; ms += 5_000) {
      at(ms);
      lifecycle.contact();
      expect(lifecycle.health.status).toBe('ok');
      expect(lifecycle.report.idleLeftMs).toBe(MINUTE - ms);
    }
    at(MINUTE);
    expect(lifecycle.state).toBe('terminating');
  });

  it('an upload and the preparation of a model keep the pod; it counts from the last of them', () => {
    const { at, lifecycle } = boot();
    const upload = lifecycle.begin('upload');
    at(40_000);
    const model = lifecycle.begin('model');
    at(90_000);
    expect(lifecycle.report).toMatchObject({ keptAliveBy: ['upload', 'model'], endsAt: null });
    upload[Symbol.dispose]();
    at(200_000);
    model[Symbol.dispose]();
    at(259_999);
    expect(lifecycle.state).toBe('idle');
    at(260_000);
    expect(lifecycle.state).toBe('terminating');
  });

  it('a result that nobody has acknowledged keeps the pod while somebody asks', () => {
    const { at, lifecycle, task } = boot();
    task.begins();
    at(10_000);
    task.ends();
    for (let ms = MINUTE; ms <= HOUR; ms += MINUTE) {
      at(ms);
      lifecycle.contact();
    }
    expect(lifecycle.report).toMatchObject({ state: 'idle', keptAliveBy: ['results'] });
    task.acknowledged();
    at(HOUR + MINUTE);
    expect(lifecycle.state).toBe('terminating');
  });

  it('goes by a clock of its own: a date that is set forward or back changes nothing', () => {
    const { at, clock, lifecycle } = boot();
    at(30_000);
    clock.setDate(10 * HOUR);
    at(40_000);
    clock.setDate(-20 * HOUR);
    at(59_999);
    expect(lifecycle.state).toBe('idle');
    at(60_000);
    expect(lifecycle.state).toBe('terminating');
  });

  it('a process that slept through its end does not take a task when it wakes up', () => {
    const { clock, lifecycle } = boot();
    clock.sleepThrough(90_000);
    lifecycle.contact();
    expect(() => lifecycle.assertAccepting()).toThrow(expect.objectContaining({ code: 'shutting_down' }));
  });

  it('the engine loads for as long as it takes, then the idle time begins', () => {
    const clock = new FakeClock();
    const lifecycle = new Lifecycle({ clock, limits: limitsFor({ firstContactMs: 0 }), platform: pod });
    clock.pass(30 * MINUTE);
    expect(lifecycle.report).toMatchObject({ state: 'booting', keptAliveBy: ['loading'], endsAt: null });
    lifecycle.engineLoaded(fakeEngineInfo);
    clock.pass(MINUTE - 1);
    expect(lifecycle.state).toBe('idle');
    clock.pass(1);
    expect(lifecycle.state).toBe('terminating');
  });

  it('runs over an engine that cannot be loaded, however often that is tried, and over tasks that wait for it', () => {
    const clock = new FakeClock();
    const lifecycle = new Lifecycle({ clock, limits: limitsFor({ firstContactMs: 0 }), platform: pod });
    lifecycle.backlogIs({ work: 1, results: 0 });
    lifecycle.engineFailed('no such model');
    clock.pass(50_000);
    lifecycle.engineFailed('no such model');
    clock.pass(9_999);
    expect(lifecycle.health).toMatchObject({ status: 'failed', state: 'booting', message: 'no such model' });
    clock.pass(1);
    expect(lifecycle.state).toBe('terminating');
  });

  it('does not run while a lost engine is loaded again, but once that has failed', () => {
    const { at, lifecycle, task } = boot();
    task.begins();
    at(10_000);
    lifecycle.engineLost('the engine cannot start');
    at(5 * MINUTE);
    expect(lifecycle.report).toMatchObject({ state: 'booting', keptAliveBy: ['loading', 'task'] });
    lifecycle.engineFailed('still not');
    at(6 * MINUTE - 1);
    expect(lifecycle.state).toBe('booting');
    at(6 * MINUTE);
    expect(lifecycle.state).toBe('terminating');
  });

  it('runs from boot over a worker that can take no work, without waiting for a first contact', () => {
    const clock = new FakeClock();
    const lifecycle = new Lifecycle({ clock, limits: limitsFor(), platform: pod });
    lifecycle.closeIntake('WORKER_TOKEN is not set.');
    clock.pass(59_999);
    expect(lifecycle.health).toMatchObject({ status: 'failed', accepting: false, message: 'WORKER_TOKEN is not set.' });
    clock.pass(1);
    expect(lifecycle.state).toBe('terminating');
  });
});

describe('worker zero', () => {
  it('has no idle limit', () => {
    const { at, lifecycle } = boot({ limits: { idleMs: null } });
    at(100 * HOUR);
    expect(lifecycle.report).toMatchObject({ state: 'idle', keptAliveBy: ['worker_zero'], endsAt: null });
  });

  it('keeps its execution limit and goes on with a new engine', () => {
    const { at, lifecycle, overdue, task } = boot({ limits: { idleMs: null, executionMs: 300_000 } });
    task.begins();
    at(299_999);
    expect(overdue).toEqual([]);
    at(300_000);
    expect(overdue).toEqual([300_000]);
    task.ends();
    lifecycle.overdueReported();
    expect(lifecycle.state).toBe('idle');
    expect(lifecycle.accepting).toBe(true);
  });

  it('keeps its lifetime', () => {
    const { at, lifecycle, reasons } = boot({ limits: { idleMs: null } });
    lifecycle.lifetimeIs(12 * HOUR, 'pod');
    at(12 * HOUR - 2 * MINUTE);
    expect(lifecycle.state).toBe('terminating');
    expect(reasons.at(-1)).toBe('lifetime');
  });
});

describe('the execution limit', () => {
  it('is five minutes for a short recording and three times its length for a longer one', () => {
    for (const [totalSec, limitMs] of [
      [0, 300_000],
      [100, 300_000],
      [101, 303_000],
      [36_000, 108_000_000],
    ] as const) {
      const { at, lifecycle, overdue, task } = boot({ limits: { lostContactMs: null } });
      task.begins();
      at(1_000);
      lifecycle.workIsLong(totalSec);
      at(limitMs - 1);
      expect(overdue).toEqual([]);
      at(limitMs);
      expect(overdue).toEqual([limitMs]);
    }
  });

  it('is exact where it is set, however long the recording', () => {
    const { at, lifecycle, overdue, task } = boot({ limits: { executionMs: 1_500 } });
    task.begins();
    lifecycle.workIsLong(36_000);
    at(1_499);
    expect(overdue).toEqual([]);
    at(1_500);
    expect(overdue).toEqual([1_500]);
  });

  it('counts for each task anew', () => {
    const { at, overdue, task } = boot({ limits: { executionMs: 1_500 } });
    for (const ms of [0, 2_000, 4_000]) {
      at(ms);
      task.begins();
      at(ms + 1_400);
      task.ends();
    }
    expect(overdue).toEqual([]);
  });

  it('sends the pod away once the failure has been fetched', () => {
    const { at, lifecycle, reasons, task } = boot({ limits: { executionMs: 1_500 } });
    task.begins();
    at(1_500);
    lifecycle.backlogIs({ work: 0, results: 1 });
    lifecycle.overdueReported();
    expect(lifecycle.state).toBe('draining');
    lifecycle.workEnded();
    expect(lifecycle.state).toBe('draining');
    at(5_000);
    task.acknowledged();
    expect(lifecycle.state).toBe('terminating');
    expect(reasons.at(-1)).toBe('execution_timeout');
  });

  it('sends the pod away after DRAIN_TIME where nobody fetches the failure', () => {
    const { at, lifecycle, task } = boot({ limits: { executionMs: 1_500 } });
    task.begins();
    at(1_500);
    lifecycle.backlogIs({ work: 0, results: 1 });
    lifecycle.overdueReported();
    lifecycle.workEnded();
    at(121_499);
    expect(lifecycle.state).toBe('draining');
    at(121_500);
    expect(lifecycle.state).toBe('terminating');
  });

  it('sends any worker away whose engine is still at work half a minute after it was ended', () => {
    const { at, lifecycle, reasons, task } = boot({ limits: { idleMs: null, executionMs: 1_500 } });
    task.begins();
    at(1_500);
    lifecycle.backlogIs({ work: 0, results: 1 });
    lifecycle.overdueReported();
    at(31_499);
    expect(lifecycle.state).toBe('busy');
    at(31_500);
    expect(lifecycle.state).toBe('draining');
    task.acknowledged();
    at(151_499);
    expect(lifecycle.state).toBe('draining');
    at(151_500);
    expect(lifecycle.state).toBe('terminating');
    expect(reasons.at(-1)).toBe('execution_timeout');
  });

  it('leaves a pod whose controller still has tasks for it: here, or on hold', () => {
    const queued = boot({ limits: { executionMs: 1_500 } });
    queued.task.begins();
    queued.at(1_500);
    queued.lifecycle.backlogIs({ work: 1, results: 1 });
    queued.lifecycle.overdueReported();
    queued.lifecycle.workEnded();
    expect(queued.lifecycle.state).toBe('idle');
    const held = boot({ limits: { executionMs: 1_500 } });
    held.task.begins();
    held.lifecycle.hold(MINUTE);
    held.at(1_500);
    held.task.ends();
    held.lifecycle.overdueReported();
    expect(held.lifecycle.state).toBe('idle');
  });
});

describe('the caps', () => {
  it('lifetime: a drain begins DRAIN_TIME before the end, and at the end what still runs is broken off', () => {
    const { at, lifecycle, states, task } = boot({ limits: { executionMs: 100 * HOUR, lostContactMs: null } });
    lifecycle.lifetimeIs(12 * HOUR, 'pod');
    task.begins();
    at(12 * HOUR - 2 * MINUTE - 1);
    expect(lifecycle.state).toBe('busy');
    at(12 * HOUR - 2 * MINUTE);
    expect(lifecycle.state).toBe('draining');
    at(12 * HOUR - 1);
    expect(lifecycle.state).toBe('draining');
    at(12 * HOUR);
    expect(states.slice(-2)).toEqual(['draining', 'terminating']);
  });

  it('lifetime: one that is over before boot is ends everything at once', () => {
    const clock = new FakeClock();
    const lifecycle = new Lifecycle({ clock, limits: limitsFor(), platform: pod });
    lifecycle.lifetimeIs(-1_000, 'deadline');
    expect(lifecycle.state).toBe('terminating');
    lifecycle.engineLoaded(fakeEngineInfo);
    expect(lifecycle.state).toBe('terminating');
  });

  it('lifetime: a creation that is found out later counts', () => {
    const { at, lifecycle } = boot({ limits: { idleMs: null } });
    lifecycle.lifetimeIs(12 * HOUR, 'boot');
    at(1_000);
    lifecycle.lifetimeIs(10 * MINUTE, 'pod');
    expect(lifecycle.report).toMatchObject({ lifetimeFrom: 'pod', willEndBecause: 'lifetime' });
    at(9 * MINUTE + 1_000);
    expect(lifecycle.state).toBe('terminating');
  });

  it('lost contact: a running task whose controller is gone ends with the pod 15 minutes after the last call, and a drain', () => {
    const { at, lifecycle, reasons, task } = boot({ limits: { executionMs: 100 * HOUR } });
    at(10_000);
    lifecycle.contact();
    task.begins();
    at(10_000 + 15 * MINUTE - 1);
    expect(lifecycle.state).toBe('busy');
    at(10_000 + 15 * MINUTE);
    expect(lifecycle.state).toBe('draining');
    at(10_000 + 17 * MINUTE);
    expect(lifecycle.state).toBe('terminating');
    expect(reasons.at(-1)).toBe('lost_contact');
  });

  it('lost contact: somebody who comes back during the drain still gets the result', () => {
    const { at, lifecycle, task } = boot();
    task.begins();
    at(20_000);
    task.ends();
    at(15 * MINUTE);
    expect(lifecycle.state).toBe('draining');
    at(16 * MINUTE);
    lifecycle.contact();
    task.acknowledged();
    expect(lifecycle.state).toBe('terminating');
  });
});

describe('a drain', () => {
  it('takes nothing new, lets the task finish and its result be fetched, then ends', () => {
    const { at, lifecycle, states, task } = boot();
    task.begins();
    lifecycle.drain('drain');
    expect(() => lifecycle.assertAccepting()).toThrow(expect.objectContaining({ code: 'shutting_down' }));
    expect(() => lifecycle.hold(1_000)).toThrow(expect.objectContaining({ code: 'shutting_down' }));
    at(20_000);
    task.ends();
    expect(lifecycle.state).toBe('draining');
    task.acknowledged();
    expect(states).toEqual(['booting', 'idle', 'busy', 'draining', 'terminating']);
  });

  it('ends an idle worker at once', () => {
    const { lifecycle, reasons } = boot();
    lifecycle.drain('drain');
    expect(lifecycle.state).toBe('terminating');
    expect(reasons.at(-1)).toBe('drain');
  });

  it('by signal does not wait for results to be fetched: they are on disk', () => {
    const { lifecycle, task } = boot();
    task.begins();
    lifecycle.drain('signal', 3_000);
    expect(lifecycle.state).toBe('draining');
    task.ends();
    expect(lifecycle.state).toBe('terminating');
  });

  it('by signal lasts three seconds at most, also where another drain is under way', () => {
    const { at, lifecycle, task } = boot();
    task.begins();
    lifecycle.drain('drain');
    at(1_000);
    lifecycle.drain('signal', 3_000);
    at(3_999);
    expect(lifecycle.state).toBe('draining');
    at(4_000);
    expect(lifecycle.state).toBe('terminating');
  });
});

describe('a life', () => {
  it('on serverless is the platform’s: no idle limit, and an overdue task does not end it', () => {
    const platform: Platform = { ...pod, kind: 'serverless', keys: [], notArmedBecause: 'Serverless.' };
    const { at, lifecycle, task } = boot({ platform, limits: { idleMs: null, lostContactMs: null, executionMs: 1_500 } });
    at(HOUR);
    task.begins();
    at(HOUR + 1_500);
    lifecycle.backlogIs({ work: 0, results: 1 });
    lifecycle.overdueReported();
    lifecycle.workEnded();
    expect(lifecycle.report).toMatchObject({ state: 'idle', keptAliveBy: ['platform', 'results'], platform: 'serverless', armed: false });
  });

  it('refuses to go where its table does not lead', () => {
    const { lifecycle } = boot();
    lifecycle.terminate('drain');
    expect(() => lifecycle.workBegins()).toThrow('cannot go from terminating to busy');
  });

  it('tells when it will end and why', () => {
    const { at, lifecycle } = boot();
    lifecycle.lifetimeIs(12 * HOUR, 'pod');
    at(20_000);
    expect(lifecycle.report).toMatchObject({ idleLeftMs: 40_000, endsAt: '2026-11-25T00:01:00.000Z', willEndBecause: 'idle', armed: true });
    const upload = lifecycle.begin('upload');
    expect(lifecycle.report).toMatchObject({ idleLeftMs: null, endsAt: '2026-11-25T11:58:00.000Z', willEndBecause: 'lifetime' });
    upload[Symbol.dispose]();
  });
});
