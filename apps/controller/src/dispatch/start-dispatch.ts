import { AppError, type Identity } from '@bulk-transcribe/protocol';
import type { Logger } from 'pino';
import type { OpenJobStore } from '../jobs/open-job-store.ts';
import type { Workers } from './workers.ts';

export interface DispatchOptions {
  readonly jobs: OpenJobStore;
  readonly dataRoot: string;
  readonly modelsDir: string;
  /** CPU threads of the local worker; 0 = as measured best for the model. */
  readonly threads: number;
  readonly logLevel: string;
  readonly identity: Identity;
  readonly log: Logger;
  /** Where the bytes of a recording lie. */
  readonly recordingPath: (recordingId: string) => string;
  /** Another program in the place of the worker app; for tests. */
  readonly workerEntry?: string;
}

export function startDispatch(_options: DispatchOptions): Promise<Workers & { close(): Promise<void> }> {
  return Promise.reject(new AppError('internal', 'The dispatcher is being built.'));
}
