import type { Migration } from '../migrate.ts';
import { recordingsJobsTasks } from './0001-recordings-jobs-tasks.ts';
import { turns } from './0003-turns.ts';
import { accessAndRetention } from './0005-access-and-retention.ts';

/** In order, never edited once released: a change to the tables is a new file with the next number. */
export const migrations: readonly Migration[] = [recordingsJobsTasks, turns, accessAndRetention];
