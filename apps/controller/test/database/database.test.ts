import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, watch, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { DirectoryLockedError } from '@bulk-transcribe/service';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { migrate } from '../../src/database/migrate.ts';
import { migrations } from '../../src/database/migrations/index.ts';
import { openDatabase } from '../../src/database/open-database.ts';
import { emptyFolder, temporaryDataRoot } from './template.ts';

async function open(dataRoot?: string) {
  const opened = await openDatabase(dataRoot ?? (await temporaryDataRoot()));
  onTestFinished(() => opened.close());
  return opened.database;
}

test('what a killed first start left is cleared away, and the database is whole', async () => {
  const dataRoot = await emptyFolder();
  await mkdir(path.join(dataRoot, 'db.unfinished'));
  await writeFile(path.join(dataRoot, 'db.unfinished', 'PG_VERSION'), 'half');
  const database = await open(dataRoot);
  expect(await readdir(dataRoot)).not.toContain('db.unfinished');
  expect(await database.sql.selectFrom('task').selectAll().execute()).toEqual([]);
});

test('a first start that is killed in the middle leaves no database that looks whole', async () => {
  const dataRoot = await emptyFolder();
  const child = fork(fileURLToPath(new URL('./first-start.ts', import.meta.url)), [dataRoot], { execArgv: ['--conditions=bulk-transcribe-source'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  for await (const { filename } of watch(dataRoot)) if (filename === 'db.unfinished') break;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  expect(existsSync(path.join(dataRoot, 'db.unfinished'))).toBe(true);
  expect(existsSync(path.join(dataRoot, 'db'))).toBe(false);
  await expect(open(dataRoot)).resolves.toBeDefined();
});

test('a second controller on the same folder is told so in one sentence', async () => {
  const dataRoot = await temporaryDataRoot();
  await open(dataRoot);
  const second = openDatabase(dataRoot);
  await expect(second).rejects.toThrow(DirectoryLockedError);
  await expect(second).rejects.toThrow(`Another process uses ${dataRoot}. Stop it first, or set another DATA_ROOT.`);
});

test('what was committed is there after the database was closed and opened again', async () => {
  const dataRoot = await temporaryDataRoot();
  const first = await openDatabase(dataRoot);
  await first.database.sql.insertInto('event').values({ session_id: 's', subject_id: crypto.randomUUID(), event: '{}' }).execute();
  await first.close();
  const database = await open(dataRoot);
  expect(await database.sql.selectFrom('event').select('session_id').execute()).toEqual([{ session_id: 's' }]);
});

test('the main handles refuse to be used inside a transaction, where they would wait for ever', async () => {
  const database = await open();
  await database.transaction(async () => {
    expect(() => database.sql).toThrow('inside a transaction');
    await expect(database.queueDatabase.executeSql('SELECT 1')).rejects.toThrow('inside a transaction');
    expect(() => database.transaction(async () => undefined)).toThrow('inside a transaction');
  });
  await expect(database.sql.selectFrom('job').selectAll().execute()).resolves.toEqual([]);
});

test('statements beside a running transaction wait for it and are not rolled back with it', async () => {
  const database = await open();
  const beside = Promise.withResolvers<unknown>();
  const failing = database.transaction(async (tx) => {
    await insertMark(tx, 'inside');
    throw new Error('rolled back');
  });
  beside.resolve(insertMark(database.sql, 'beside'));
  await expect(failing).rejects.toThrow('rolled back');
  await beside.promise;
  expect(await database.sql.selectFrom('event').select('session_id').execute()).toEqual([{ session_id: 'beside' }]);
});

const insertMark = (handle: Awaited<ReturnType<typeof open>>['sql'], mark: string) =>
  handle.insertInto('event').values({ session_id: mark, subject_id: crypto.randomUUID(), event: '{}' }).execute();

const addColumn = {
  id: migrations.length + 1,
  name: 'test',
  sql: 'ALTER TABLE job ADD COLUMN extra text;\nCREATE INDEX job_extra ON job (extra);\n',
};

test('a new migration is applied once, with all its statements', async () => {
  const database = await open();
  await migrate(database, [...migrations, addColumn]);
  await migrate(database, [...migrations, addColumn]);
  expect((await database.sql.selectFrom('migration').select('id').orderBy('id').execute()).at(-1)).toEqual({ id: addColumn.id });
  await expect(sql`SELECT extra FROM job`.execute(database.sql)).resolves.toBeDefined();
});

test('a migration that fails leaves nothing of itself behind', async () => {
  const database = await open();
  const broken = { ...addColumn, sql: `${addColumn.sql}SELECT nonsense FROM nowhere;\n` };
  await expect(migrate(database, [...migrations, broken])).rejects.toThrow('nowhere');
  await expect(sql`SELECT extra FROM job`.execute(database.sql)).rejects.toThrow('extra');
  expect(await database.sql.selectFrom('migration').select('id').execute()).toHaveLength(migrations.length);
});

test('an edited migration and a database of a newer version are refused', async () => {
  const database = await open();
  await migrate(database, [...migrations, addColumn]);
  const edited = { ...addColumn, sql: `${addColumn.sql}\n-- a harmless remark` };
  await expect(migrate(database, [...migrations, edited])).rejects.toThrow(`Migration ${addColumn.id} (test) was edited`);
  await expect(migrate(database, migrations)).rejects.toThrow('newer version');
});

test('migrations are numbered from 1 without a gap', () => {
  expect(migrations.map(({ id }) => id)).toEqual(migrations.map((_, index) => index + 1));
});
