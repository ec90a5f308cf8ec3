/** How a worker lets go of its work: each test is a timetable, in milliseconds from the end of boot unless it says otherwise. */
import { describe, expect, it } from 'vitest';
import { boot } from './booted-life.ts';

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
