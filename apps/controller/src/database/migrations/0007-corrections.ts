import type { Migration } from '../migrate.ts';

export const corrections: Migration = {
  id: 7,
  name: 'corrections',
  sql: `
-- What people have changed of a transcript; the document itself stays as the engine made it.
CREATE TABLE correction (
  task_id  uuid PRIMARY KEY REFERENCES task ON DELETE CASCADE,
  revision integer NOT NULL,
  overlay  json NOT NULL
);

-- What was heard of the voices (packages/speech/src/diarization): tells them apart again without the recording.
-- In parts, so that no statement carries much.
CREATE TABLE speaker_evidence (
  task_id uuid NOT NULL REFERENCES task ON DELETE CASCADE,
  part    integer NOT NULL,
  bytes   bytea NOT NULL,
  PRIMARY KEY (task_id, part)
);
`,
};
