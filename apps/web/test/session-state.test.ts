import { describe, expect, it } from 'vitest';
import { findTask, initialSession, reduceSession, type SessionAction } from '../src/session/session-state.ts';
import { job, task } from './examples.ts';

const after = (...actions: SessionAction[]) => actions.reduce(reduceSession, initialSession);
const first = job(901, [task(1), task(2)]);
const second = job(902, [task(3)]);
const loaded: SessionAction = { type: 'jobs', jobs: [first, second] };

describe('the session state', () => {
  it('shows the newest job first', () => {
    expect(after(loaded).jobs?.map(({ name }) => name)).toEqual(['job 902', 'job 901']);
  });

  it('changes only the task that an event is about', () => {
    const running = { ...task(2), jobId: first.id, state: 'running' as const };
    const { jobs } = after(loaded, { type: 'event', event: { type: 'task', task: running } });
    expect(jobs?.[1]?.tasks[1]).toBe(running);
    expect(jobs?.[1]?.tasks[0]).toBe(first.tasks[0]);
    expect(jobs?.[0]).toBe(second);
  });

  it('adds a job that another tab started, and replaces one it knows', () => {
    const third = job(903, [task(4)]);
    const again = { ...third, name: 'renamed' };
    const { jobs } = after(loaded, { type: 'event', event: { type: 'job', job: third } }, { type: 'event', event: { type: 'job', job: again } });
    expect(jobs?.map(({ name }) => name)).toEqual(['renamed', 'job 902', 'job 901']);
  });

  it('does not let the answer to a request undo events that came before it', () => {
    const done = { ...second, tasks: [{ ...task(3), jobId: second.id, state: 'succeeded' as const }] };
    const { jobs } = after({ type: 'event', event: { type: 'job', job: done } }, { type: 'created', job: second });
    expect(jobs).toEqual([done]);
    expect(after({ type: 'created', job: second }).jobs).toEqual([second]);
  });

  it('drops a deleted job', () => {
    expect(after(loaded, { type: 'event', event: { type: 'job-deleted', jobId: first.id } }).jobs).toEqual([second]);
  });

  it('takes the whole state after a cut, whatever was missed', () => {
    expect(after(loaded, { type: 'connected', connected: false }, { type: 'jobs', jobs: [second] }).jobs).toEqual([second]);
  });

  it('finds a task with its job', () => {
    const { jobs } = after(loaded);
    expect(findTask(jobs ?? [], task(3).id)?.job.id).toBe(second.id);
    expect(findTask(jobs ?? [], 'unknown')).toBeUndefined();
  });
});
