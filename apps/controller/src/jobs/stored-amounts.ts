/** How much there is, over all sessions, and what the database says of itself. */
import type { AdminSystem } from '@bulk-transcribe/protocol';
import { sql } from 'kysely';
import type { Database } from '../database/database.ts';

type StoredAmounts = Pick<AdminSystem, 'database' | 'recordings' | 'transcripts' | 'sessions'>;

export interface Bookkeeping {
  storedAmounts(): Promise<StoredAmounts>;
}

interface Row {
  version: string;
  bytes: string | number;
  recordings: string | number;
  recording_bytes: string | number;
  sessions: string | number;
  transcripts: string | number;
}

export const bookkeeping = (database: Database): Bookkeeping => ({
  storedAmounts: async () => {
    // Hard links hold the bytes that a session has twice.
    const { rows } = await sql<Row>`
      SELECT current_setting('server_version') AS version, pg_database_size(current_database()) AS bytes,
        (SELECT count(*) FROM recording) AS recordings,
        (SELECT coalesce(sum(size), 0) FROM (SELECT DISTINCT session_id, sha256, size FROM recording) AS files) AS recording_bytes,
        (SELECT count(DISTINCT session_id) FROM recording) AS sessions,
        (SELECT count(*) FROM transcript) AS transcripts`.execute(database.sql);
    const [row] = rows;
    if (!row) throw new Error('A SELECT without FROM gives one row.');
    return {
      database: { kind: database.kind, version: row.version, bytes: Number(row.bytes) },
      recordings: { count: Number(row.recordings), bytes: Number(row.recording_bytes) },
      transcripts: Number(row.transcripts),
      sessions: Number(row.sessions),
    };
  },
});
