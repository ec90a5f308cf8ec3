import type { Migration } from '../migrate.ts';

export const compute: Migration = {
  id: 6,
  name: 'compute',
  sql: `
ALTER TABLE job ADD COLUMN compute text NOT NULL DEFAULT 'auto' CHECK (compute IN ('auto', 'gpu', 'cpu'));
`,
};
