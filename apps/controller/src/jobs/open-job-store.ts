import type { Logger } from 'pino';
import type { Database } from '../database/database.ts';
import { openDatabase } from '../database/open-database.ts';
import { reclaimSpace } from '../database/reclaim-space.ts';
import { changes } from './change.ts';
import { type Corrections, corrections } from './corrections.ts';
import { pruneEvents } from './event-log.ts';
import { type Hearings, hearings } from './hearings.ts';
import type { JobStore } from './job-store.ts';
import { type ModelUse, modelUse } from './model-use.ts';
import { type Oversight, oversight } from './oversight.ts';
import { type Retention, retention } from './retention.ts';
import { type TranscriptSearch, transcriptSearch } from './search.ts';
import { indexOlderTranscripts } from './search-index.ts';
import { type SessionData, sessionData } from './session-data.ts';
import { type SpeakerEvidenceStore, speakerEvidenceStore } from './speaker-evidence.ts';
import { type Stoppable, sqlJobStore } from './sql-job-store.ts';
import { sqlTaskLedger } from './sql-task-ledger.ts';
import type { StoreParts } from './store-parts.ts';
import { type Bookkeeping, bookkeeping } from './stored-amounts.ts';
import { type TaskCounts, taskCounts } from './task-counts.ts';
import type { TaskLedger } from './task-ledger.ts';
import { TaskQueue } from './task-queue.ts';
import { WakeUps } from './wake-ups.ts';

export interface JobStoreOptions {
  readonly dataRoot: string;
  /** A PostgreSQL server; empty = the embedded database. */
  readonly databaseUrl?: string;
  readonly log: Logger;
  /** Seconds before the second attempt of a task. */
  readonly retryDelaySec?: number;
  readonly leaseSec?: number;
}

/** What the routes see. */
export type RoutedJobStore = JobStore &
  SessionData &
  Retention &
  ModelUse &
  Oversight &
  Bookkeeping &
  Corrections &
  SpeakerEvidenceStore &
  Hearings &
  TranscriptSearch & {
    /** How many tasks there are in each state, over all sessions. */
    taskCounts(): Promise<TaskCounts>;
  };

export type OpenJobStore = RoutedJobStore & TaskLedger & { close(): Promise<void> };

const TIDY_EVERY_MS = 10 * 60 * 1000;
/** About 5 s before the second attempt, 10 s before the third: long enough for a crashed engine to be back. */
const RETRY_DELAY_SEC = 5;
/** A claim that was renewed just now outlives a restart of its worker and a hole in the network. */
const LEASE_SEC = 60;

/**
 * database → queue → job store; closed in reverse. Throws DirectoryLockedError where another controller has the folder,
 * DatabaseUnusableError where the server cannot be used.
 */
export async function openJobStore(options: JobStoreOptions): Promise<OpenJobStore> {
  const { dataRoot, databaseUrl: url = '', log, retryDelaySec = RETRY_DELAY_SEC, leaseSec } = options;
  await using opened = new AsyncDisposableStack();
  const { database, close } = await openDatabase(dataRoot, url === '' ? undefined : { url, log });
  opened.defer(close);
  const queue = await TaskQueue.open({ database, log, retryDelaySec });
  opened.defer(() => queue.close());
  const tidying = setInterval(() => {
    tidy(database).catch((err: unknown) => log.error({ err }, 'superseded events were not removed'));
  }, TIDY_EVERY_MS);
  opened.defer(() => clearInterval(tidying));
  const store = jobStoreOver(database, queue, leaseSec);
  opened.defer(() => store.stop());
  const indexing = new AbortController();
  const indexed = indexOlderTranscripts(database, indexing.signal).catch((err: unknown) => {
    log.error({ err }, 'transcripts from before the search are not all found by it; the next start tries again');
  });
  opened.defer(() => {
    indexing.abort();
    return indexed;
  });
  const closing = opened.move();
  return Object.assign(store, { close: () => closing.disposeAsync() });
}

/** The store over parts that are open. */
export function jobStoreOver(database: Database, queue: TaskQueue, leaseSec = LEASE_SEC): Stoppable & Omit<OpenJobStore, 'close'> {
  const wakeUps = new WakeUps();
  const parts: StoreParts = { database, queue, wakeUps, leaseSec, ...changes(database, wakeUps) };
  return allSides([
    sqlJobStore(parts),
    sqlTaskLedger(parts),
    sessionData(parts),
    retention(parts),
    modelUse(database),
    oversight(database),
    bookkeeping(database),
    corrections(parts),
    speakerEvidenceStore(database),
    hearings(parts),
    transcriptSearch(database),
    { taskCounts: () => taskCounts(database) },
  ]);
}

/** Two methods of one name would be one: the later would answer in the place of the earlier, with arguments of another meaning. */
function allSides<const Sides extends readonly object[]>(sides: Sides): Together<Sides> {
  const names = sides.flatMap((side) => Object.keys(side));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`The job store has ${twice} twice.`);
  return Object.assign({}, ...sides) as Together<Sides>;
}

/** [A, B] → A & B. */
type Together<Sides extends readonly unknown[]> = Sides extends readonly [infer First, ...infer Rest] ? First & Together<Rest> : unknown;

/** Keeps the database as small as what it has to say. */
export async function tidy(database: Database): Promise<void> {
  await pruneEvents(database);
  await reclaimSpace(database);
}
