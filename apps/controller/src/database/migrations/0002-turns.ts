import type { Migration } from '../migrate.ts';

export const turns: Migration = {
  id: 2,
  name: 'turns',
  sql: `
ALTER TABLE job ADD COLUMN priority smallint NOT NULL DEFAULT 0 CHECK (priority BETWEEN -3 AND 3);
ALTER TABLE task ADD COLUMN priority smallint NOT NULL DEFAULT 0 CHECK (priority BETWEEN -3 AND 3);
ALTER TABLE task ADD COLUMN turn integer NOT NULL DEFAULT 0;
CREATE INDEX task_by_turn ON task (session_id, priority, turn) WHERE state = 'queued';

-- The turn that was last begun, one row per priority.
CREATE TABLE queue_clock (
  priority smallint PRIMARY KEY,
  turn     integer NOT NULL
);
INSERT INTO queue_clock SELECT priority, 0 FROM generate_series(-3, 3) AS priority;
`,
};
