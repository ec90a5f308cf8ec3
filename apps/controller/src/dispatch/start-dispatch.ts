import path from 'node:path';
import type { Logger } from 'pino';
import { projectRoot, systemEnvironment } from '../config.ts';
import type { TaskLedger } from '../jobs/task-ledger.ts';
import type { AttemptObserver } from './attempt-observer.ts';
import { Dispatcher, type Heartbeats } from './dispatcher.ts';
import { LocalWorker } from './local-worker.ts';
import { type LocalWorkerSettings, newWorkerToken, workerEnvironment } from './worker-environment.ts';
import { type Patience, WorkerLink } from './worker-link.ts';
import type { Workers, WorkersStatus } from './workers.ts';

export interface DispatchOptions extends LocalWorkerSettings {
  readonly jobs: TaskLedger;
  readonly log: Logger;
  readonly observer?: AttemptObserver;
  /** Where the bytes of a recording lie. */
  readonly recordingPath: (recordingId: string) => string;
  /** How long workers may be silent; as is good for people where it is left out. */
  readonly patience?: Patience & Heartbeats;
  /** Another program in the place of the worker app; for tests. */
  readonly workerEntry?: string;
}

export type Dispatch = Workers & { close(): Promise<void> };

const nobody: AttemptObserver = { succeeded: () => undefined, failed: () => undefined };

/** The worker app beside us: as source where we run from source, built where we are built. */
const workerApp = path.join(projectRoot, 'apps/worker', import.meta.filename.endsWith('.ts') ? 'src/main.ts' : 'dist/main.js');

/** local worker → link → dispatcher; closed in reverse. Does not wait until the worker is up: `status` says when. */
export function startDispatch(options: DispatchOptions): Dispatch {
  const { jobs, log, recordingPath, observer = nobody, workerEntry = workerApp, patience } = options;
  const token = newWorkerToken();
  const worker = new LocalWorker({ entry: workerEntry, env: workerEnvironment(systemEnvironment(), token, options), token, log });
  const links = [new WorkerLink(worker, log, patience)];
  const dispatcher = new Dispatcher({ ledger: jobs, links, recordingPath, observer, log, ...patience });
  return {
    status: () => statusOf(links),
    close: async () => {
      await dispatcher.close();
      await Promise.all(links.map((link) => link.close()));
    },
  };
}

function statusOf(links: readonly WorkerLink[]): WorkersStatus {
  const link = links.find(({ ping }) => ping);
  return {
    ready: link !== undefined,
    message: link ? '' : links.map(({ message }) => message).join(' '),
    worker: link?.worker ?? null,
    models: link?.ping?.models ?? [],
  };
}
