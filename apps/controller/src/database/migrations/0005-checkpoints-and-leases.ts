import type { Migration } from '../migrate.ts';

export const checkpointsAndLeases: Migration = {
  id: 5,
  name: 'checkpoints and leases',
  sql: `
-- json, not jsonb: kept to the letter, and never searched inside.
CREATE TABLE finished_window (
  task_id uuid NOT NULL REFERENCES task ON DELETE CASCADE,
  index   integer NOT NULL,
  result  json NOT NULL,
  PRIMARY KEY (task_id, index)
);

ALTER TABLE task ADD COLUMN lease_until timestamptz;
`,
};
