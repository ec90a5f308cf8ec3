/** What ends a worker that is not idle: each test is a timetable, in milliseconds from the end of boot unless it says otherwise. */
import { describe, expect, it } from 'vitest';
import { Lifecycle } from '../../src/life/lifecycle.ts';
import type { Platform } from '../../src/life/platform.ts';
import { fakeEngineInfo } from '../fake-engine.ts';
import { boot } from './booted-life.ts';
import { FakeClock } from './fake-clock.ts';
import { limitsFor, pod } from './lives.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

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

describe('the caps', () => {
  it('lifetime: a drain begins early enough for itself and for what is brought to safety; then what still runs is broken off', () => {
    const { at, lifecycle, states, task } = boot({ limits: { executionMs: 100 * HOUR, lostContactMs: null, rescueMs: 35_000 } });
    lifecycle.lifetimeIs(12 * HOUR, 'pod');
    task.begins();
    at(12 * HOUR - 155_001);
    expect(lifecycle.state).toBe('busy');
    at(12 * HOUR - 155_000);
    expect(lifecycle.state).toBe('draining');
    at(12 * HOUR - 35_001);
    expect(lifecycle.state).toBe('draining');
    at(12 * HOUR - 35_000);
    expect(states.slice(-2)).toEqual(['draining', 'terminating']);
  });

  it('lifetime: of a short one a tenth is its end, shared between both', () => {
    const { at, lifecycle, task } = boot({ limits: { executionMs: HOUR, drainMs: 90_000, rescueMs: 30_000 } });
    lifecycle.lifetimeIs(10 * MINUTE, 'pod');
    task.begins();
    at(9 * MINUTE - 1);
    expect(lifecycle.state).toBe('busy');
    at(9 * MINUTE);
    expect(lifecycle.state).toBe('draining');
    at(9.75 * MINUTE);
    expect(lifecycle.state).toBe('terminating');
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

describe('a life', () => {
  it('on serverless is the platform’s: no idle limit, and an overdue task does not end it', () => {
    const platform: Platform = { ...pod, kind: 'serverless', keys: [], notArmedBecause: 'Serverless.' };
    const { at, lifecycle, task } = boot({ platform, limits: { idleMs: null, lostContactMs: null, executionMs: 1_500 } });
    at(HOUR);
    task.begins();
    at(HOUR + 1_500);
    lifecycle.backlogIs({ work: 0, results: 1 });
    lifecycle.overdueReported();
    task.leaves();
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
    expect(lifecycle.report).toMatchObject({ idleLeftMs: null, endsAt: '2026-11-25T11:57:55.000Z', willEndBecause: 'lifetime' });
    upload[Symbol.dispose]();
  });
});
