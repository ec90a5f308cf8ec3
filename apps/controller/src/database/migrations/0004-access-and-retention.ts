import type { Migration } from '../migrate.ts';

export const accessAndRetention: Migration = {
  id: 4,
  name: 'access and retention',
  sql: `
ALTER TABLE job ADD COLUMN kept boolean NOT NULL DEFAULT false;

-- One a session: a new code ends the one before. Only the hash, so that whoever reads the database cannot open a session.
CREATE TABLE recovery_code (
  session_id text PRIMARY KEY,
  code_hash  text NOT NULL UNIQUE,
  created_at timestamptz NOT NULL DEFAULT now()
);
`,
};
