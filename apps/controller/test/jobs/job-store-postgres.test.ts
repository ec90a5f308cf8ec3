/** The job store on a real PostgreSQL server, where changes really happen at the same time. */
import { Writable } from 'node:stream';
import { isFinal } from '@bulk-transcribe/protocol';
import { createLogger } from '@bulk-transcribe/service';
import { sql } from 'kysely';
import { Client } from 'pg';
import type { Logger } from 'pino';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Transaction } from '../../src/database/database.ts';
import { openDatabase } from '../../src/database/open-database.ts';
import { type JobStoreOptions, type OpenJobStore, openJobStore } from '../../src/jobs/open-job-store.ts';
import { failureOf } from '../../src/start-failure.ts';
import { startRealPostgres } from '../database/real-postgres.ts';
import { emptyFolder, quiet } from '../database/template.ts';
import { testJobStore } from './job-store-contract.ts';
import { claimed, local, newJob, newTask, stateOf, transcript } from './stored-jobs.ts';

const postgres = await startRealPostgres();
if (typeof postgres === 'string') process.stderr.write(`Tests on a real PostgreSQL are skipped: ${postgres}\n`);

describe.skipIf(typeof postgres === 'string')('on a real PostgreSQL', () => {
  const server = postgres;
  if (typeof server === 'string') return;
  afterAll(() => server.stop());

  async function open(databaseUrl: string, log: Logger = quiet, options: Pick<JobStoreOptions, 'leaseSec'> = {}): Promise<OpenJobStore> {
    const store = await openJobStore({ dataRoot: await emptyFolder(), databaseUrl, log, retryDelaySec: 0, ...options });
    onTestFinished(() => store.close());
    return store;
  }

  const empty = async () => (await server.newDatabase()).url;
  /** Made once: a database with our tables and the queue's, to be copied. */
  let template: string | undefined;
  const newDatabase = async (): Promise<string> => {
    if (template === undefined) {
      const { name, url } = await server.newDatabase();
      const store = await openJobStore({ dataRoot: await emptyFolder(), databaseUrl: url, log: quiet });
      await store.close();
      template = name;
    }
    return (await server.newDatabase({ template })).url;
  };

  testJobStore(async (options) => open(await newDatabase(), quiet, options));

  test('two controllers that start at once on an empty database both find it whole', async () => {
    const url = await empty();
    const [one, two] = await Promise.all([open(url), open(url)]);
    const task = await newTask(one);
    expect(await two.task('mine', task.id)).toEqual(task);
  });

  test('while many changes of a session are committed at once, a listener gets each event, in the order of the ids', async () => {
    const url = await newDatabase();
    const [here, there] = await Promise.all([open(url), open(url)]);
    const heard: number[] = [];
    const last = Promise.withResolvers<void>();
    const gone = new AbortController();
    const listening = (async () => {
      for await (const { id, event } of here.events('mine', 0, gone.signal)) {
        heard.push(id);
        if (event.type === 'job' && event.job.tasks.length === 2) last.resolve();
      }
    })();
    for (let round = 0; round < 10; round++) await Promise.all([here, there, here, there, here, there].map((store) => newJob(store)));
    await newJob(here, 'mine', 2);
    await last.promise;
    gone.abort();
    await listening;
    expect(heard).toHaveLength(61);
    expect(heard).toEqual(heard.toSorted((a, b) => a - b));
  });

  test('of tasks that are claimed and cancelled at the same time, each is either claimed or cancelled, and no change fails', async () => {
    const url = await newDatabase();
    const [here, there] = await Promise.all([open(url), open(url)]);
    const { tasks } = await newJob(here, 'mine', 20);
    const [claims] = await Promise.all([
      Promise.all(tasks.map((_, index) => (index % 2 ? here : there).claim(local))),
      Promise.all(tasks.map(({ id }, index) => (index % 2 ? there : here).cancelTask('mine', id))),
    ]);
    for (const claim of claims) if (claim) expect(await here.holds(claim)).toBe(false);
    for (const { id } of tasks) expect(await stateOf(here, id)).toBe('cancelled');
    expect(await here.claim(local)).toBeNull();
  });

  test('a result that two controllers commit at once counts once', async () => {
    const url = await newDatabase();
    const [here, there] = await Promise.all([open(url), open(url)]);
    const task = await newTask(here);
    const claim = await claimed(there);
    const ends = await Promise.all([here.succeed(claim, transcript), there.succeed(claim, transcript)]);
    expect(ends.toSorted()).toEqual([false, true]);
    expect(await here.transcript('mine', task.id)).toEqual(transcript);
  });

  test('a connection that is lost while a transaction uses it costs neither the transaction nor the process', async () => {
    const { database, close } = await openDatabase(await emptyFolder(), { url: await newDatabase(), log: quiet });
    onTestFinished(close);
    const sockets: unknown[] = [];
    const answer = await database.transaction(async (tx) => {
      const { rows } = await sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`.execute(tx);
      sockets.push(rows[0]?.pid);
      // Without a word: the socket ends, as it does where the network does.
      if (sockets.length < 3) await cutConnection(tx);
      return 'done';
    });
    expect(answer).toBe('done');
    expect(new Set(sockets).size).toBe(3);
  });

  test('connections that the server ends are opened again, and neither log nor error tells the password', async () => {
    const url = await newDatabase();
    const password = new URL(url).password;
    const { log, lines } = recordedLog();
    const store = await open(url, log);
    const task = await newTask(store);
    const admin = new Client({ connectionString: url });
    await admin.connect();
    const { rowCount } = await admin.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'bulk-transcribe'");
    await admin.end();
    const closed = () => lines.filter((line) => line.includes('the database closed a connection')).length;
    expect(rowCount).toBeGreaterThan(0);
    // One that is ended in the middle of a query (the queue asks now and then) tells that query instead.
    await expect.poll(closed).toBeGreaterThan(0);
    expect(closed()).toBeLessThanOrEqual(rowCount ?? 0);
    expect(isFinal((await store.cancelTask('mine', task.id)).state)).toBe(true);
    const wrong = new URL(url);
    wrong.password = `${password}-wrong`;
    const messages = [wrong.href, url.replace(/:\d+\//, ':1/'), `postgres://user:${password}@[half/`].map(async (bad) => {
      const cause = await openJobStore({ dataRoot: await emptyFolder(), databaseUrl: bad, log }).catch((error: unknown) => error);
      return failureOf(cause).message;
    });
    const [refused, unreachable, broken] = await Promise.all(messages);
    expect(refused).toMatch(/DATABASE_URL \(127.0.0.1:\d+\/test_\d+\) cannot be used: password authentication failed for user "tester"/);
    expect(unreachable).toContain('ECONNREFUSED');
    expect(broken).toContain('it is not a valid address');
    expect([refused, unreachable, broken, ...lines].join('')).not.toContain(password);
  });
});

/** Ends the connection of a transaction from the server's side, and waits until the driver knows. */
async function cutConnection(tx: Transaction): Promise<void> {
  await sql`SELECT pg_terminate_backend(pg_backend_pid())`.execute(tx).catch(() => undefined);
  await sql`SELECT 1`.execute(tx);
}

function recordedLog() {
  const lines: string[] = [];
  const sink = new Writable({
    write(line, _encoding, done) {
      lines.push(String(line));
      done();
    },
  });
  return { log: createLogger('controller', { level: 'debug', format: 'json' }, sink), lines };
}
