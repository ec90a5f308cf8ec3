/** When a task has had its time, and what becomes of its worker: each test is a timetable, in milliseconds from the end of boot unless it says otherwise. */
import { describe, expect, it } from 'vitest';
import { boot } from './booted-life.ts';

const MINUTE = 60_000;

describe('the execution limit', () => {
  it('is five minutes for a short recording and three times its length for a longer one', () => {
    for (const [totalSec, limitMs] of [
      [0, 300_000],
      [100, 300_000],
      [101, 303_000],
      [36_000, 108_000_000],
    ] as const) {
      const { at, overdue, task } = boot({ limits: { lostContactMs: null } });
      task.begins();
      at(1_000);
      task.isLong(totalSec);
      at(limitMs - 1);
      expect(overdue).toEqual([]);
      at(limitMs);
      expect(overdue).toEqual([limitMs]);
    }
  });

  it('is longer by as many times as tasks were at work at once', () => {
    const { at, lifecycle, overdue } = boot({ limits: { lostContactMs: null } });
    const long = lifecycle.workBegins();
    lifecycle.workIsLong(long, 1000);
    at(10_000);
    const [short, third] = [lifecycle.workBegins(), lifecycle.workBegins()];
    lifecycle.workEnded(third);
    at(910_000 - 1);
    expect(overdue).toEqual([]);
    at(910_000);
    expect(overdue).toEqual([910_000]);
    lifecycle.workEnded(short);
    expect(lifecycle.state).toBe('busy');
    at(9_000_000 - 1);
    expect(overdue).toHaveLength(1);
    at(9_000_000);
    expect(overdue).toHaveLength(2);
    lifecycle.workEnded(long);
    expect(lifecycle.state).toBe('idle');
  });

  it('is exact where it is set, however long the recording', () => {
    const { at, overdue, task } = boot({ limits: { executionMs: 1_500 } });
    task.begins();
    task.isLong(36_000);
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
    task.leaves();
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
    task.leaves();
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
    queued.task.leaves();
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
