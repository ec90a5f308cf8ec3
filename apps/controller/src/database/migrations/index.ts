import type { Migration } from '../migrate.ts';
import { recordingsJobsTasks } from './0001-recordings-jobs-tasks.ts';
import { turns } from './0002-turns.ts';
import { recordingsBySession } from './0003-recordings-by-session.ts';
import { accessAndRetention } from './0004-access-and-retention.ts';
import { checkpointsAndLeases } from './0005-checkpoints-and-leases.ts';
import { compute } from './0006-compute.ts';
import { corrections } from './0007-corrections.ts';
import { speakerEvidence } from './0008-speaker-evidence.ts';
import { search } from './0009-search.ts';
import { hearings } from './0010-hearings.ts';

/** In order, never edited once released: a change to the tables is a new file with the next number. */
export const migrations: readonly Migration[] = [
  recordingsJobsTasks,
  turns,
  recordingsBySession,
  accessAndRetention,
  checkpointsAndLeases,
  compute,
  corrections,
  speakerEvidence,
  search,
  hearings,
];
