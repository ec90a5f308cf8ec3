import type { Migration } from '../migrate.ts';

export const speakerEvidence: Migration = {
  id: 8,
  name: 'speaker evidence',
  sql: `
-- What speakers were told apart by: gives other labels without the recording. In the form that the engine gave it.
CREATE TABLE speaker_evidence (
  task_id  uuid PRIMARY KEY REFERENCES task ON DELETE CASCADE,
  evidence bytea NOT NULL
);
`,
};
