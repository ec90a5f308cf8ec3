import { AppError } from '@bulk-transcribe/protocol';
import type { Logger } from 'pino';
import type { JobStore } from './job-store.ts';

export interface JobStoreOptions {
  readonly dataRoot: string;
  readonly log: Logger;
}

export type OpenJobStore = JobStore & { close(): Promise<void> };

export function openJobStore(_options: JobStoreOptions): Promise<OpenJobStore> {
  return Promise.reject(new AppError('internal', 'The job store is being built.'));
}
