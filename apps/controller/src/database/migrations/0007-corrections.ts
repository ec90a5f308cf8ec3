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
`,
};
