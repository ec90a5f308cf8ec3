import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Database, Transaction } from './database.ts';

export interface Migration {
  /** Counts up from 1 without a gap. */
  readonly id: number;
  readonly name: string;
  /** Statements in PostgreSQL's dialect, separated by `;` at the end of a line. */
  readonly sql: string;
}

const checksum = (migration: Migration): string => createHash('sha256').update(migration.sql).digest('hex');

/**
 * Brings the tables up to date, all new migrations in one transaction. Throws where the database and this program
 * disagree about what was applied: an applied migration was edited, or the database comes from a newer version.
 */
export async function migrate(database: Database, migrations: readonly Migration[]): Promise<void> {
  await database.transaction(async (tx) => {
    await createMigrationTable(tx);
    const applied = await tx.selectFrom('migration').selectAll().orderBy('id').execute();
    for (const row of applied) assertUnchanged(row, migrations);
    for (const migration of migrations.slice(applied.length)) await apply(tx, migration);
  });
}

async function createMigrationTable(tx: Transaction): Promise<void> {
  await sql`CREATE TABLE IF NOT EXISTS migration (
    id integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now()
  )`.execute(tx);
}

function assertUnchanged(row: { id: number; name: string; checksum: string }, migrations: readonly Migration[]): void {
  const migration = migrations.find(({ id }) => id === row.id);
  if (!migration)
    throw new Error(`The database was written by a newer version of Bulk Transcribe (migration ${row.id}, ${row.name}). Start that one.`);
  if (checksum(migration) !== row.checksum) throw new Error(`Migration ${row.id} (${row.name}) was edited after it had been applied.`);
}

async function apply(tx: Transaction, migration: Migration): Promise<void> {
  for (const statement of migration.sql.split(/;\s*\n/).filter((part) => part.trim())) await sql.raw(statement).execute(tx);
  await tx
    .insertInto('migration')
    .values({ id: migration.id, name: migration.name, checksum: checksum(migration) })
    .execute();
}
