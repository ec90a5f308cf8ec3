import { Kysely, PostgresDialect } from 'kysely';
import { Pool } from 'pg';
import type { Logger } from 'pino';
import { Database, type OpenDatabase } from './database.ts';
import type { Tables } from './tables.ts';

/** A PostgreSQL to use in place of the embedded one. */
export interface DatabaseServer {
  readonly url: string;
  readonly log: Logger;
}

/** Connections of one controller; PostgreSQL allows 100 by default, and several controllers share them. */
const CONNECTIONS = 10;
const CONNECT_LIMIT_MS = 10_000;

/** The database that DATABASE_URL names cannot be used. `message` says where and why, never with which password. */
export class DatabaseUnusableError extends Error {
  override readonly name = 'DatabaseUnusableError';
}

/** A PostgreSQL server: a pool that our tables and the queue share. Throws DatabaseUnusableError. */
export async function openServer({ url, log }: DatabaseServer): Promise<OpenDatabase> {
  const pool = new Pool({
    ...{ connectionString: url, max: CONNECTIONS, connectionTimeoutMillis: CONNECT_LIMIT_MS },
    ...{ keepAlive: true, application_name: 'bulk-transcribe' },
  });
  // A connection that the server ended while it was idle; the next statement opens another one. The error carries the
  // connection with all its options, so only its words are logged.
  pool.on('error', (error) => log.warn({ code: codeOf(error), reason: error.message }, 'the database closed a connection'));
  // One that ends while it is in use tells its query; without anybody listening it would end the process as well.
  pool.on('connect', (client) => client.on('error', () => {}));
  const firstAnswer = async () => pool.query('SELECT 1');
  await firstAnswer().catch(async (cause: unknown) => {
    await pool.end();
    throw new DatabaseUnusableError(`The database of DATABASE_URL (${placeOf(url)}) cannot be used: ${reasonOf(cause)}. Check DATABASE_URL.`);
  });
  const kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  const queue = { executeSql: (text: string, values?: unknown[]) => pool.query(text, values) };
  return { database: new Database({ kind: 'server', kysely, queue }), close: () => pool.end() };
}

const codeOf = (cause: unknown): string | undefined => (cause as NodeJS.ErrnoException).code;

/** PostgreSQL and the network name users, hosts and databases in their messages; a URL that cannot be parsed is not repeated. */
function reasonOf(cause: unknown): string {
  const code = codeOf(cause);
  if (code === 'ERR_INVALID_URL') return 'it is not a valid address';
  return (cause instanceof Error && cause.message) || code || 'no reason given';
}

function placeOf(url: string): string {
  const parsed = URL.parse(url);
  return parsed ? `${parsed.host}${parsed.pathname}` : 'not a valid address';
}
