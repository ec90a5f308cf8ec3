import type { Migration } from '../migrate.ts';

export const hearings: Migration = {
  id: 10,
  name: 'hearings',
  sql: `
-- A task of its own kind: only hears who speaks in the recording of a finished task, whose transcript gets the speakers.
ALTER TABLE task ADD COLUMN hearing_of uuid REFERENCES task ON DELETE CASCADE;
-- How many speakers it is to tell apart.
ALTER TABLE task ADD COLUMN speaker_counts json;
CREATE UNIQUE INDEX task_hearing_of ON task (hearing_of) WHERE hearing_of IS NOT NULL;
`,
};
