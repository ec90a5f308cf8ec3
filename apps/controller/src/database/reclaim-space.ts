import { sql } from 'kysely';
import type { Database } from './database.ts';

/**
 * Makes the room of deleted and superseded rows usable again in the tables that change all the time. The embedded
 * PostgreSQL is one process without autovacuum: without this its files would only ever grow. A server does it by itself.
 */
export async function reclaimSpace(database: Database): Promise<void> {
  if (database.kind === 'server') return;
  await sql`VACUUM event, task, settlement, search_line, pgboss.job`.execute(database.sql);
}
