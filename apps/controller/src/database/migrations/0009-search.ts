import type { Migration } from '../migrate.ts';

export const search: Migration = {
  id: 9,
  name: 'search',
  sql: `
-- The lines of each transcript as it reads with all corrections, and what the search finds them by.
CREATE TABLE search_line (
  id        bigserial PRIMARY KEY,
  task_id   uuid NOT NULL REFERENCES task ON DELETE CASCADE,
  start_sec double precision NOT NULL,
  text      text NOT NULL,
  words     tsvector NOT NULL
);
CREATE INDEX search_line_by_task ON search_line (task_id);
CREATE INDEX search_line_by_words ON search_line USING gin (words);

-- False for what was stored before there was a search: its lines are added after the next start.
ALTER TABLE transcript ADD COLUMN indexed boolean NOT NULL DEFAULT false;
CREATE INDEX transcript_not_indexed ON transcript (task_id) WHERE NOT indexed;
`,
};
