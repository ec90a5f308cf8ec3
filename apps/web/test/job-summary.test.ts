import { describe, expect, it } from 'vitest';
import { deletionTime, endedJobs, fractionDone, jobsProgress, jobWork, secondsLeft, summarise } from '../src/jobs/job-summary.ts';
import { progressWords, stateWords } from '../src/jobs/task-words.ts';
import { job, task } from './examples.ts';

const half = { doneSec: 30, totalSec: 60 };

describe('figures over jobs', () => {
  it('count every state once', () => {
    const tasks = [
      task(1, { state: 'succeeded' }),
      task(2, { state: 'failed' }),
      task(3, { state: 'cancelled' }),
      task(4, { state: 'running' }),
      task(5),
    ];
    expect(summarise(tasks)).toEqual({ all: 5, succeeded: 1, failed: 1, cancelled: 1, active: 2 });
  });

  it('tell which jobs have just come through: neither one that was through before, nor one that was cancelled, nor a new one', () => {
    const jobs = (state: 'running' | 'succeeded' | 'cancelled', fresh: 'running' | 'failed') => [
      job(11, [task(1, { state: 'succeeded' }), task(2, { state })]),
      job(12, [task(3, { state: 'succeeded' })]),
      job(13, [task(4, { state: state === 'running' ? 'running' : 'cancelled' })]),
      ...(fresh === 'failed' ? [job(14, [task(5, { state: 'failed' })])] : []),
    ];
    expect(endedJobs(jobs('running', 'running'), jobs('succeeded', 'failed')).map(({ name }) => name)).toEqual(['job 11']);
    expect(endedJobs(jobs('succeeded', 'failed'), jobs('succeeded', 'failed'))).toEqual([]);
  });

  it('tell when a job is deleted: days after its last recording was through, never while one is not', () => {
    const through = [task(1, { finishedAt: '2026-03-02T10:00:00Z' }), task(2, { finishedAt: '2026-03-03T10:00:00Z' })];
    expect(deletionTime(job(9, through), 30)).toEqual(new Date('2026-04-02T10:00:00Z'));
    expect(deletionTime(job(9, through), 0)).toBeNull();
    expect(deletionTime(job(9, [...through, task(3)]), 30)).toBeNull();
    expect(deletionTime(job(9, []), 30)).toBeNull();
  });

  it('know no fraction while the length is unknown', () => {
    expect(fractionDone({ doneSec: 3, totalSec: null })).toBeNull();
    expect(fractionDone({ doneSec: 0, totalSec: 0 })).toBeNull();
    expect(fractionDone(half)).toBe(0.5);
    expect(fractionDone({ doneSec: 61, totalSec: 60 })).toBe(1);
  });

  it('give the progress of unfinished jobs together, none when all is done', () => {
    const running = job(1, [task(1, { state: 'succeeded' }), task(2, { state: 'running', progress: half })]);
    const done = job(2, [task(3, { state: 'succeeded' })]);
    expect(jobsProgress([running, done])).toBe(0.75);
    expect(jobsProgress([done])).toBeNull();
    expect(jobsProgress([])).toBeNull();
  });

  it('tell the time left at the measured speed, once there is something to measure', () => {
    const first = { done: 10, at: 1000 };
    expect(secondsLeft({ first, now: { done: 30, at: 5000 }, total: 60 })).toBe(6);
    expect(secondsLeft({ first, now: { done: 30, at: 1500 }, total: 60 })).toBeNull();
    expect(secondsLeft({ first, now: { done: 10, at: 9000 }, total: 60 })).toBeNull();
    expect(secondsLeft({ first, now: { done: 30, at: 5000 }, total: null })).toBeNull();
  });

  it('weigh the files of a job by their size, without those that failed or were cancelled', () => {
    const tasks = [
      task(1, { state: 'succeeded' }),
      task(2, { state: 'failed' }),
      task(3, { state: 'cancelled' }),
      task(4, { state: 'running', progress: half }),
      task(5),
    ];
    expect(jobWork(tasks)).toEqual({ done: 1500, total: 3000 });
  });
});

describe('words about a task', () => {
  it('say what happens, and which try it is', () => {
    expect(stateWords({ state: 'queued', stage: null, attempt: 1 })).toBe('Waiting');
    expect(stateWords({ state: 'running', stage: 'decode', attempt: 1 })).toBe('Reading the file');
    expect(stateWords({ state: 'running', stage: 'recognise', attempt: 2 })).toBe('Transcribing (try 2)');
    expect(stateWords({ state: 'failed', stage: null, attempt: 3 })).toBe('Failed');
  });

  it('say the progress by recording time', () => {
    expect(progressWords({ progress: { doneSec: 1082.4, totalSec: 3520 } })).toBe('18:02 of 58:40');
    expect(progressWords({ progress: { doneSec: 0, totalSec: null } })).toBe('');
  });
});
