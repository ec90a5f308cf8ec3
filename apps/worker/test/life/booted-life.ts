import type { EndReason, WorkerState } from '@bulk-transcribe/protocol';
import { expect } from 'vitest';
import { Lifecycle } from '../../src/life/lifecycle.ts';
import type { Limits } from '../../src/life/limits.ts';
import type { Platform } from '../../src/life/platform.ts';
import type { WorkInProgress } from '../../src/life/work-in-progress.ts';
import { fakeEngineInfo } from '../fake-engine.ts';
import { FakeClock } from './fake-clock.ts';
import { limitsFor, pod } from './lives.ts';

interface Given {
  readonly limits?: Partial<Limits>;
  readonly platform?: Platform;
  /** Left out: the engine is loaded at 0 and a first authenticated call comes at 0. */
  readonly contact?: false;
}

/** A worker whose life a test winds on. */
export function boot({ limits = {}, platform = pod, contact }: Given = {}) {
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
  let work: WorkInProgress | undefined;
  const leave = () => work && lifecycle.workEnded(work);
  const task = {
    queued: () => lifecycle.backlogIs({ work: 1, results: 0 }),
    begins: () => {
      lifecycle.backlogIs({ work: 1, results: 0 });
      work = lifecycle.workBegins();
    },
    ends: () => {
      lifecycle.backlogIs({ work: 0, results: 1 });
      leave();
    },
    isLong: (totalSec: number) => work && lifecycle.workIsLong(work, totalSec),
    loses: (message: string) => work && lifecycle.engineLost(message, work),
    /** Ends without a word of the store. */
    leaves: leave,
    acknowledged: () => lifecycle.backlogIs({ work: 0, results: 0 }),
  };
  return { clock, lifecycle, states, reasons, overdue, at, task };
}
