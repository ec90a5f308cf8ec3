import { sql } from 'kysely';
import { PgBoss } from 'pg-boss';
import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../src/database/open-database.ts';
import { pruneEvents } from '../../src/jobs/event-log.ts';
import { jobStoreOver, openJobStore, tidy } from '../../src/jobs/open-job-store.ts';
import { TaskQueue } from '../../src/jobs/task-queue.ts';
import { quiet, temporaryDataRoot } from '../database/template.ts';
import { claimed, crash, local, newJob, newTask, nextEvents, stateOf, told, transcript } from './stored-jobs.ts';

/** The store with its parts at hand. */
async function openParts() {
  const { database, close } = await openDatabase(await temporaryDataRoot());
  const queue = await TaskQueue.open({ database, log: quiet, retryDelaySec: 0 });
  const store = Object.assign(jobStoreOver(database, queue), { close: async () => undefined });
  onTestFinished(async () => {
    store.stop();
    await queue.close();
    await close();
  });
  return { store, database, queue };
}

test('a listener that comes back gets what it missed, then what happens: no gap, no event twice', async () => {
  const { store } = await openParts();
  await newTask(store);
  const [created] = await nextEvents(store, { count: 1 });
  const claim = await claimed(store);
  const listening = nextEvents(store, { lastId: created?.id ?? 0, count: 3 });
  await store.update(claim, { stage: 'decode', progress: { doneSec: 1, totalSec: null }, preview: [] });
  await store.succeed(claim, transcript);
  const events = await listening;
  expect(events.map(told)).toEqual(['dispatched', 'running', 'succeeded']);
  expect(events.map(({ id }) => id)).toEqual(events.map(({ id }) => id).toSorted((a, b) => a - b));
  expect(events.at(-1)?.id).toBe(await store.lastEventId('mine'));
});

test('many events while a listener is slow all arrive, in order', async () => {
  const { store } = await openParts();
  await newTask(store);
  const claim = await claimed(store);
  const seen: number[] = [];
  for await (const { id, event } of store.events('mine', 0, AbortSignal.timeout(90_000))) {
    seen.push(id);
    if (event.type === 'task' && event.task.state === 'succeeded') break;
    if (seen.length > 1) continue;
    for (let doneSec = 0; doneSec < 250; doneSec++)
      await store.update(claim, { stage: 'recognise', progress: { doneSec, totalSec: 250 }, preview: [] });
    await store.succeed(claim, transcript);
  }
  expect(seen).toEqual(Array.from({ length: 253 }, (_, index) => (seen[0] ?? 0) + index));
});

test('a listener ends with its signal, and with the store', async () => {
  const { store } = await openParts();
  const gone = new AbortController();
  const listener = store.events('mine', 0, gone.signal);
  const other = store.events('mine', 0, new AbortController().signal);
  const ends = [listener, other].map((events) => events[Symbol.asyncIterator]().next());
  gone.abort();
  expect(await ends[0]).toEqual({ done: true, value: undefined });
  store.stop();
  expect(await ends[1]).toEqual({ done: true, value: undefined });
});

test('sessions hear of their own only', async () => {
  const { store } = await openParts();
  await newJob(store, 'theirs');
  await newJob(store, 'mine');
  await newJob(store, 'theirs');
  const [event] = await nextEvents(store, { count: 1 });
  expect(event?.id).toBe(await store.lastEventId('mine'));
});

test('after an hour the log keeps the newest event of each task and job, and a listener still gets the outcome', async () => {
  const { store, database } = await openParts();
  const task = await newTask(store);
  await store.succeed(await claimed(store), transcript);
  await pruneEvents(database);
  expect((await nextEvents(store, { count: 3 })).map(told)).toEqual(['job', 'dispatched', 'succeeded']);
  await sql`UPDATE event SET created_at = now() - interval '61 minutes'`.execute(database.sql);
  await pruneEvents(database);
  expect((await nextEvents(store, { count: 2 })).map(told)).toEqual(['job', 'succeeded']);
  await store.deleteJob('mine', task.jobId);
  await sql`UPDATE event SET created_at = now() - interval '31 days'`.execute(database.sql);
  await pruneEvents(database);
  expect(await store.lastEventId('mine')).toBe(0);
});

test('a database that is tidied does not grow with the events that come and go', async () => {
  const { store, database } = await openParts();
  await newTask(store);
  const claim = await claimed(store);
  const size = async (): Promise<number> => {
    const { rows } = await sql<{ bytes: number }>`SELECT pg_total_relation_size('event')::float8 AS bytes`.execute(database.sql);
    return rows[0]?.bytes ?? 0;
  };
  const sizes: number[] = [];
  for (let round = 0; round < 4; round++) {
    for (let doneSec = 0; doneSec < 100; doneSec++)
      await store.update(claim, { stage: 'recognise', progress: { doneSec, totalSec: 100 }, preview: [] });
    await sql`UPDATE event SET created_at = now() - interval '61 minutes'`.execute(database.sql);
    await tidy(database);
    sizes.push(await size());
  }
  expect(sizes[3]).toBe(sizes[1]);
});

test('a transaction that fails after the queue was written leaves neither row nor queue entry', async () => {
  const { store, database, queue } = await openParts();
  const id = crypto.randomUUID();
  const failing = database.transaction(async (tx) => {
    await queue.append(tx, [{ id, priority: 0, turn: 1 }]);
    await tx.insertInto('event').values({ session_id: 'mine', subject_id: id, event: '{}' }).execute();
    throw new Error('rolled back');
  });
  await expect(failing).rejects.toThrow('rolled back');
  expect(await store.claim(local)).toBeNull();
  expect(await store.lastEventId('mine')).toBe(0);
});

test('a queue that pg-boss does not know yet would wait for ever inside a transaction; here it is an error', async () => {
  const { database } = await openParts();
  const cold = new PgBoss({ db: database.queueDatabase, backend: 'pglite', schedule: false, supervise: false });
  await cold.start();
  onTestFinished(() => cold.stop({ graceful: false, close: false }));
  await cold.createQueue('cold');
  const inside = database.transaction(async (tx) => {
    const db = { executeSql: async (text: string) => ({ rows: [...(await sql.raw(text).execute(tx)).rows] }) };
    await cold.send('cold', {}, { db });
  });
  await expect(inside).rejects.toThrow('inside a transaction');
});

test('a queue entry that expired under a task at work is held on to, and the task goes on', async () => {
  const { store, database } = await openParts();
  const task = await newTask(store);
  const claim = await claimed(store);
  await sql`UPDATE pgboss.job SET state = 'retry', start_after = now() WHERE id = ${task.id}`.execute(database.sql);
  expect(await store.claim(local)).toBeNull();
  expect(await store.succeed(claim, transcript)).toBe(true);
  const entry = await sql<{ state: string }>`SELECT state FROM pgboss.job WHERE id = ${task.id}`.execute(database.sql);
  expect(entry.rows).toEqual([{ state: 'completed' }]);
});

test('a waiting task outlives the time after which pg-boss drops what waits', async () => {
  const { store, database } = await openParts();
  const task = await newTask(store);
  const entry = await sql<{
    years: number;
  }>`SELECT date_part('year', keep_until - interval '1 day') - date_part('year', now()) AS years FROM pgboss.job WHERE id = ${task.id}`.execute(
    database.sql,
  );
  expect(entry.rows[0]?.years).toBeGreaterThan(5);
});

test('between two attempts a task waits, longer each time', async () => {
  const dataRoot = await temporaryDataRoot();
  const store = await openJobStore({ dataRoot, log: quiet });
  const { id } = await newTask(store);
  await store.fail(await claimed(store), crash);
  expect(await stateOf(store, id)).toBe('queued');
  expect(await store.claim(local)).toBeNull();
  await store.close();
  const { database, close } = await openDatabase(dataRoot);
  onTestFinished(close);
  const entry = await sql<{
    wait: number;
  }>`SELECT extract(epoch FROM start_after - created_on)::float8 AS wait FROM pgboss.job WHERE id = ${id}`.execute(database.sql);
  expect(entry.rows[0]?.wait).toBeGreaterThanOrEqual(2);
});

test('what was in flight when the store closed is in flight when it opens again', async () => {
  const dataRoot = await temporaryDataRoot();
  const first = await openJobStore({ dataRoot, log: quiet });
  await newJob(first, 'mine', 2);
  const claim = await claimed(first);
  await first.close();
  const store = await openJobStore({ dataRoot, log: quiet });
  onTestFinished(() => store.close());
  expect(await store.inFlight('local')).toEqual([claim]);
  expect(await store.succeed(claim, transcript)).toBe(true);
  expect((await claimed(store)).taskId).not.toBe(claim.taskId);
});
