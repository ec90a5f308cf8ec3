import type { Migration } from '../migrate.ts';

/** The list of a session's recordings, and whether one of them holds these bytes already. */
export const recordingsBySession: Migration = {
  id: 3,
  name: 'recordings by session',
  sql: `
CREATE INDEX recording_by_session ON recording (session_id, sha256);
`,
};
