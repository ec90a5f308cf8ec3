import path from 'node:path';
import { AppError } from '@bulk-transcribe/protocol';
import type { Logger } from 'pino';
import { projectRoot, systemEnvironment } from '../config.ts';
import type { TaskLedger } from '../jobs/task-ledger.ts';
import { LocalWorker } from '../workers/local-worker.ts';
import { type LocalWorkerSettings, newWorkerToken, workerEnvironment } from '../workers/worker-environment.ts';
import { type Patience, WorkerLink } from '../workers/worker-link.ts';
import type { AttemptObserver } from './attempt-observer.ts';
import { Dispatcher, type Heartbeats } from './dispatcher.ts';
import { type FleetOptions, RemoteFleet } from './fleet.ts';
import type { Lane } from './lane.ts';
import { PodKeeper } from './pod-keeper.ts';
import { viewOf } from './worker-views.ts';
import type { Workers } from './workers.ts';
import { statusOf, untilHopeless } from './workers-status.ts';

export interface DispatchOptions {
  readonly jobs: TaskLedger;
  readonly local: LocalWorkerSettings;
  /** The remote workers, as they are set up at each moment. */
  readonly remote: Pick<FleetOptions, 'settings' | 'further' | 'network'>;
  readonly log: Logger;
  readonly observer?: AttemptObserver;
  /** Where the bytes of a recording lie. */
  readonly recordingPath: (recordingId: string) => string;
  /** How long workers may be silent; as is good for people where it is left out. */
  readonly patience?: Patience & Heartbeats & { readonly holdEveryMs?: number };
  /** Whether bytes of recordings come in: pods are kept meanwhile. */
  readonly uploading?: () => Promise<boolean>;
  /** Another program in the place of the worker app; for tests. */
  readonly workerEntry?: string;
}

export type Dispatch = Workers & { close(): Promise<void> };

/** Longest wait for the answer to a drain. */
const DRAIN_ANSWER_MS = 10_000;

const nothing = async (): Promise<boolean> => false;
const nobody: AttemptObserver = { succeeded: () => undefined, failed: () => undefined };

/** The worker app beside us: as source where we run from source, built where we are built. */
const workerApp = path.join(projectRoot, 'apps/worker', import.meta.filename.endsWith('.ts') ? 'src/main.ts' : 'dist/main.js');

/** local worker → link → dispatcher ← remote workers; closed in reverse. Does not wait until the worker is up: `status` says when. */
export function startDispatch(options: DispatchOptions): Dispatch {
  const { jobs, local: settings, log, remote, recordingPath, observer = nobody, workerEntry = workerApp, patience, uploading = nothing } = options;
  const token = newWorkerToken();
  const worker = new LocalWorker({ entry: workerEntry, env: workerEnvironment(systemEnvironment(), token, settings), token, log });
  const local = new WorkerLink(worker, log, patience);
  const dispatcher = new Dispatcher({ ledger: jobs, mode: () => remote.settings.mode, recordingPath, observer, log, ...patience });
  dispatcher.add(local);
  const fleet = new RemoteFleet({ ...remote, dispatcher, patience, log });
  const keeper = new PodKeeper({ dispatcher, ledger: jobs, uploading, log, everyMs: patience?.holdEveryMs });
  return {
    status: () => statusOf(dispatcher),
    untilHopeless: (kind, limitMs, signal) => untilHopeless(dispatcher, kind, limitMs, signal),
    views: () => dispatcher.lanes.map((lane) => viewOf(lane, keeper.keptUntil(lane.link.name))),
    errors: () => dispatcher.errors.list,
    keep: (name, until) => keeper.keep(remoteLane(dispatcher, name), until),
    drain: async (name) => remoteLane(dispatcher, name).link.client?.drain(AbortSignal.timeout(DRAIN_ANSWER_MS)),
    close: async () => {
      keeper.close();
      const left = fleet.close();
      await dispatcher.close();
      await left;
      await local.close();
    },
  };
}

function remoteLane(dispatcher: Dispatcher, name: string): Lane {
  const lane = dispatcher.lanes.find(({ link }) => link.remote && link.name === name);
  if (!lane) throw new AppError('not_found', `There is no remote worker ${name}.`);
  return lane;
}
