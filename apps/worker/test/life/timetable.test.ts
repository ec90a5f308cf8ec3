/** When an idle worker ends: each test is a timetable, in milliseconds from the end of boot unless it says otherwise. */
import { describe, expect, it } from 'vitest';
import { Lifecycle } from '../../src/life/lifecycle.ts';
import { fakeEngineInfo } from '../fake-engine.ts';
import { boot } from './booted-life.ts';
import { FakeClock } from './fake-clock.ts';
import { limitsFor, nowhere, pod } from './lives.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

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
    task.loses('the engine cannot start');
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
    expect(lifecycle.health).toMatchObject({ status: 'ending', state: 'terminating', message: 'WORKER_TOKEN is not set.' });
  });

  it('runs over a pod that can take no work even where it is worker zero or held; elsewhere such a worker stays', () => {
    for (const platform of [pod, nowhere]) {
      const clock = new FakeClock();
      const lifecycle = new Lifecycle({ clock, limits: limitsFor({ idleMs: null }), platform });
      lifecycle.closeIntake('EXECUTION_TIMEOUT is wrong.');
      clock.pass(30_000);
      lifecycle.contact();
      lifecycle.hold(60_000);
      clock.pass(29_999);
      expect(lifecycle.state).toBe('booting');
      clock.pass(1);
      expect(lifecycle.state).toBe(platform === pod ? 'terminating' : 'booting');
    }
  });
});
