/** A seeded twentieth of the full soak: 500 tasks of many jobs, queued and claimed in a random order. */
import { expect, onTestFinished, test } from 'vitest';
import { seeded } from '../../../../e2e/seeded.ts';
import { openJobStore } from '../../src/jobs/open-job-store.ts';
import { quiet, temporaryDataRoot } from '../database/template.ts';
import { local, newJob } from '../jobs/stored-jobs.ts';

const TASKS = 500;
const SEED = 20260301;

const below =
  (random: () => number) =>
  (limit: number): number =>
    Math.floor(random() * limit);

interface Waiting {
  readonly id: string;
  readonly session: string;
  readonly priority: number;
}

/** Claims of each session since both of a pair began to wait; a pair is forgotten when one of them waits no more. */
class Shares {
  readonly #claims = new Map<string, { one: string; two: string; difference: number }>();

  note(claimed: Waiting, waiting: readonly Waiting[]): number {
    const rivals = new Set(waiting.filter(({ priority }) => priority === claimed.priority).map(({ session }) => session));
    let worst = 0;
    for (const [key, pair] of this.#claims) if (!rivals.has(pair.one) || !rivals.has(pair.two)) this.#claims.delete(key);
    if (!rivals.has(claimed.session)) return 0;
    for (const rival of rivals) {
      if (rival === claimed.session) continue;
      const [one = '', two = ''] = [rival, claimed.session].toSorted();
      const key = `${claimed.priority} ${one} ${two}`;
      const difference = (this.#claims.get(key)?.difference ?? 0) + (claimed.session === one ? 1 : -1);
      this.#claims.set(key, { one, two, difference });
      worst = Math.max(worst, Math.abs(difference));
    }
    return worst;
  }
}

test(`${TASKS} tasks of random jobs come each once: higher priority first, sessions in turn, oldest first`, async () => {
  const store = await openJobStore({ dataRoot: await temporaryDataRoot(), log: quiet, retryDelaySec: 0 });
  onTestFinished(() => store.close());
  const random = below(seeded(SEED));
  const waiting: Waiting[] = [];
  const claimed: string[] = [];
  const shares = new Map<number, Shares>();
  let queued = 0;
  while (claimed.length < TASKS) {
    if (queued < TASKS && (waiting.length === 0 || random(8) === 0)) {
      const [session, priority] = [`session-${random(6)}`, random(3) - 1];
      const { tasks } = await newJob(store, session, Math.min(1 + random(30), TASKS - queued), priority);
      for (const { id } of tasks) waiting.push({ id, session, priority });
      queued += tasks.length;
    }
    const claim = await store.claim(local);
    const at = waiting.findIndex(({ id }) => id === claim?.taskId);
    const task = waiting[at];
    if (!task) throw new Error('A task was claimed that did not wait, or none was though some did.');
    expect(task.priority).toBe(Math.max(...waiting.map(({ priority }) => priority)));
    expect(waiting.find(({ session, priority }) => session === task.session && priority === task.priority)).toBe(task);
    waiting.splice(at, 1);
    claimed.push(task.id);
    const share = shares.get(task.priority) ?? new Shares();
    shares.set(task.priority, share);
    // One turn, and the rest of the turn in which the younger of the two joined.
    expect(share.note(task, waiting)).toBeLessThanOrEqual(2);
  }
  expect(new Set(claimed).size).toBe(TASKS);
  expect(await store.claim(local)).toBeNull();
});
