import type { Migration } from '../migrate.ts';

export const compute: Migration = {
  id: 6,
  name: 'compute',
  sql: `
ALTER TABLE job ADD COLUMN compute text NOT NULL DEFAULT 'auto' CHECK (compute IN ('auto', 'gpu', 'cpu'));

-- What decides which workers may take it: compute and model of its job, as the queue groups them.
ALTER TABLE task ADD COLUMN kind text;
UPDATE task SET kind = job.compute || ' ' || (job.options ->> 'model') FROM job WHERE job.id = task.job_id;
ALTER TABLE task ALTER COLUMN kind SET NOT NULL;
CREATE INDEX task_by_kind ON task (kind) WHERE state = 'queued';
`,
};
